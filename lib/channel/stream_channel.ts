import { SessionError } from "../errors.ts";
import type { Channel } from "./channel.ts";

/** Writes below this many bytes are gathered until a read has to wait. */
const GATHER_BYTES = 16 * 1024;

/**
 * Twice what a pipe holds, in bytes. Measured, half of it costs an upload some
 * 8 %, and more gains nothing but a meter that looks stalled on a slow line.
 */
const BLOCK_BYTES = 128 * 1024;

/**
 * A channel over two Web streams; what there is on every platform. The
 * readable one must be a stream of bytes, as a child's standard output is: two
 * buffers serve all its reads, where a new one each, of 64 KiB for a single
 * acknowledgement, would take a tree of 100,000 files past 150 MiB. The
 * writable one must be done with a chunk when its write resolves, as a child's
 * standard input is: the bytes are used again.
 */
export class StreamChannel implements Channel {
  readonly blockBytes = BLOCK_BYTES;
  readonly #reader: ReadableStreamBYOBReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  /** What has come and was not read yet. */
  #input: Uint8Array = new Uint8Array();
  /** What reads fill, in turn; none once the stream has ended or failed. */
  readonly #buffers = [
    new ArrayBuffer(BLOCK_BYTES),
    new ArrayBuffer(BLOCK_BYTES),
  ];
  readonly #held = new Uint8Array(GATHER_BYTES);
  #heldLength = 0;
  #isLost = false;

  constructor(
    readable: ReadableStream<Uint8Array>,
    writable: WritableStream<Uint8Array>,
  ) {
    this.#reader = readable.getReader({ mode: "byob" });
    this.#writer = writable.getWriter();
    this.#writer.closed.catch(() => {
      // Every write says so itself.
    });
  }

  async read(limit: number): Promise<Uint8Array> {
    if (this.#input.length === 0) {
      await this.#flushIfPeerListens();
      this.#input = await this.#nextChunk();
    }
    const part = this.#input.subarray(0, limit);
    this.#input = this.#input.subarray(part.length);
    return part;
  }

  async #nextChunk(): Promise<Uint8Array> {
    const buffer = this.#buffers.shift();
    if (buffer === undefined) return new Uint8Array();
    const { done, value } = await this.#reader.read(new Uint8Array(buffer))
      .catch(lost);
    if (done) this.#buffers.length = 0;
    else this.#buffers.push(value.buffer);
    return value ?? new Uint8Array();
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#heldLength + bytes.length > GATHER_BYTES) await this.flush();
    if (bytes.length > GATHER_BYTES) {
      await this.#send(bytes);
    } else {
      this.#held.set(bytes, this.#heldLength);
      this.#heldLength += bytes.length;
    }
  }

  async close(): Promise<void> {
    try {
      await this.flush();
      await this.#writer.close();
    } catch {
      // The peer has gone already: it is told by its exit status.
    }
  }

  /** Ends what is read, as if the peer had: a read that waits gets nothing. */
  endInput(): void {
    this.#reader.cancel().catch(() => {
      // It has ended, or failed, already.
    });
  }

  async flush(): Promise<void> {
    if (this.#heldLength === 0 && !this.#isLost) return;
    const held = this.#held.subarray(0, this.#heldLength);
    this.#heldLength = 0;
    await this.#send(held);
  }

  /** Once something did not arrive, nothing does any more. */
  async #send(bytes: Uint8Array): Promise<void> {
    try {
      await this.#writer.write(bytes);
    } catch (error) {
      this.#isLost = true;
      lost(error);
    }
  }

  /**
   * A peer that stopped listening may have said why: what it wrote before it
   * left is still read, and the end of its stream tells the rest.
   */
  async #flushIfPeerListens(): Promise<void> {
    try {
      await this.flush();
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
    }
  }
}

function lost(cause: unknown): never {
  throw new SessionError("lost connection", { cause });
}
