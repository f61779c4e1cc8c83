/**
 * Sends the recorded requests of sessions to OpenSSH's server again, all sessions
 * at once: the benchmark's floor. Its arguments are the sessions, as JSON. The
 * disk is read as seacp reads it: Deno itself keeps a compiled program from files
 * below /dev, where memory is.
 *
 * Nothing waits for a reply, with one limit: over SFTP only so many bytes of
 * requests are unanswered. More piles up in the server, and slows it down:
 * measured near by, 2,189 files of 9.9 MiB took 2.1 s at once, 1.5 s by 4 MiB and
 * 0.6 s by 1 MiB.
 */

import { LocalFileSystem } from "../../lib/disk/local_file_system.ts";
import { commandSpawner } from "../../lib/ssh/command_spawner.ts";
import { posixSpawner } from "../../lib/ssh/posix_spawner.ts";
import type { Session } from "./session.ts";

const BLOCK_BYTES = 256 * 1024;

/** Pace of a replay. */
export interface Pace {
  /** Most bytes of SFTP requests without their replies. */
  readonly unansweredBytes: number;
}

/** Length of the field that holds an SFTP packet's length, in bytes. */
const LENGTH_BYTES = 4;

/** Finds the ends of SFTP packets in a stream. */
class PacketEnds {
  /** Bytes of the stream so far. */
  #at = 0;
  /** End of the packet that is being read, or of its length. */
  #end = LENGTH_BYTES;
  #length = 0;
  #isInLength = true;

  /** Gives the ends of the packets that these bytes complete. */
  take(bytes: Uint8Array): number[] {
    const ends: number[] = [];
    for (let at = 0; at < bytes.length;) {
      const step = Math.min(bytes.length - at, this.#end - this.#at);
      if (this.#isInLength) {
        for (const byte of bytes.subarray(at, at + step)) {
          this.#length = this.#length * 256 + byte;
        }
      }
      at += step;
      this.#at += step;
      if (this.#at < this.#end) continue;
      if (!this.#isInLength) ends.push(this.#end);
      this.#end += this.#isInLength ? this.#length : LENGTH_BYTES;
      this.#length = 0;
      this.#isInLength = !this.#isInLength;
    }
    return ends;
  }
}

/** Requests of an SFTP session, and the replies to them, in the same order. */
class Backlog {
  readonly #limitBytes: number;
  readonly #requests = new PacketEnds();
  readonly #replies = new PacketEnds();
  /** End of each request in what was sent. */
  readonly #ends: number[] = [];
  #sentBytes = 0;
  #answered = 0;
  #hasEnded = false;
  #changed = Promise.withResolvers<void>();

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Counts requests that are sent, and resolves once there is room for more. */
  async send(bytes: Uint8Array): Promise<void> {
    for (const end of this.#requests.take(bytes)) this.#ends.push(end);
    this.#sentBytes += bytes.length;
    await this.#until(() => {
      const answeredBytes = this.#ends[this.#answered - 1] ?? 0;
      return this.#sentBytes - answeredBytes <= this.#limitBytes;
    });
  }

  /** Resolves once each request has its reply. */
  async finish(): Promise<void> {
    await this.#until(() => this.#answered === this.#ends.length);
  }

  /** Counts the replies in these bytes; none tell that the server has ended. */
  receive(bytes: Uint8Array): void {
    this.#answered += this.#replies.take(bytes).length;
    this.#hasEnded = bytes.length === 0;
    this.#changed.resolve();
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#hasEnded) {
        throw new Error("The server left requests unanswered");
      }
      this.#changed = Promise.withResolvers();
      await this.#changed.promise;
    }
  }
}

/** @throws {Error} If the server leaves out replies, or ssh fails. */
async function replay(
  { words, isSftp, input, unansweredBytes }: Session & Pace,
): Promise<void> {
  const { spawnPiped } = posixSpawner() ?? commandSpawner;
  using ssh = spawnPiped("ssh", words, (bytes) => Deno.stderr.writeSync(bytes));
  const { channel } = ssh;
  const backlog = isSftp ? new Backlog(unansweredBytes) : undefined;
  const send = async () => {
    using file = await new LocalFileSystem().openToRead(input);
    const block = new Uint8Array(BLOCK_BYTES);
    let count;
    for (let at = 0; (count = await file.read(block, at)) > 0; at += count) {
      const bytes = block.subarray(0, count);
      await channel.write(bytes);
      await channel.flush();
      await backlog?.send(bytes);
    }
    // OpenSSH's SFTP server drops what is unanswered as its input ends.
    await backlog?.finish();
    await channel.close();
  };
  // Reads together what comes, as seacp does: else 160 MB took a third longer.
  const receive = async () => {
    for (
      let bytes;
      (bytes = await channel.read(BLOCK_BYTES, { soon: BLOCK_BYTES })).length >
        0;
    ) {
      backlog?.receive(bytes);
    }
    backlog?.receive(new Uint8Array());
  };
  await Promise.all([send(), receive()]);
  const { code } = await ssh.ended;
  if (code !== 0) throw new Error(`ssh ended with status ${code}`);
}

await Promise.all(Deno.args.map((text) => replay(JSON.parse(text))));
