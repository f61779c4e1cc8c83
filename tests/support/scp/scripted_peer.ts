import type { Channel, ReadOptions } from "../../../lib/channel/channel.ts";

/** A step that the script does not have us take. */
export class ScriptError extends Error {
  override name = "ScriptError";
}

/** A byte of the dialogue, and how many of the other side's come before it. */
interface Said {
  /** `END` for the end of the peer's stream. */
  readonly byte: number;
  readonly after: number;
}

const END = -1;

/**
 * The other end of a channel, played from a script of literal bytes:
 *
 *     new ScriptedPeer()
 *       .weSay("\0").peerSays("C0644 3 a\n")
 *       .weSay("\0").peerSays("abc\0")
 *       .weSay("\0")
 *
 * The peer's words can be read once all that we say before them was written,
 * and ours may be written once reading of the words they reply to has begun.
 * Any other step throws at once, so that no test waits for ever. After the
 * last words the stream ends.
 */
export class ScriptedPeer implements Channel {
  readonly blockBytes = 256 * 1024;
  /** True once we closed the channel. */
  isClosed = false;
  readonly #theirs: Said[] = [];
  readonly #ours: Said[] = [];
  readonly #grain: number;
  /** Index of their first byte that ours reply to. */
  #repliedTo = 0;
  #read = 0;
  #written = 0;

  /** @param grain Most bytes that one read gives. */
  constructor(grain: number = Infinity) {
    this.#grain = grain;
  }

  peerSays(words: string | Uint8Array): this {
    return this.#addTheirs([...bytesOf(words)]);
  }

  /** The peer's stream ends here; what follows we say all the same. */
  peerEnds(): this {
    return this.#addTheirs([END]);
  }

  weSay(words: string | Uint8Array): this {
    for (const byte of bytesOf(words)) {
      this.#ours.push({ byte, after: this.#repliedTo });
    }
    return this;
  }

  #addTheirs(bytes: readonly number[]): this {
    this.#repliedTo = this.#theirs.length + 1;
    for (const byte of bytes) {
      this.#theirs.push({ byte, after: this.#ours.length });
    }
    return this;
  }

  async read(limit: number, { last }: ReadOptions = {}): Promise<Uint8Array> {
    const part: number[] = [];
    while (part.length < Math.min(limit, this.#grain)) {
      const next = this.#theirs[this.#read] ??
        { byte: END, after: this.#ours.length };
      if (next.byte === END && part.length > 0) break;
      if (next.after > this.#written) {
        if (part.length > 0) break;
        throw new ScriptError(`The peer waits: ${this.#expectation}`);
      }
      if (next.byte === END) {
        if (this.#read === this.#theirs.length - 1) this.#read++;
        break;
      }
      part.push(next.byte);
      this.#read++;
      if (next.byte === last) break;
    }
    return Uint8Array.from(part);
  }

  /** All that the peer has said by now; nothing is known of it where reads are short. */
  get arrived(): Uint8Array | undefined {
    if (this.#grain !== Infinity) return undefined;
    const said = this.#theirs.slice(this.#read);
    const end = said.findIndex(({ byte, after }) =>
      byte === END || after > this.#written
    );
    return Uint8Array.from(said.slice(0, end < 0 ? said.length : end), byteOf);
  }

  skip(count: number): void {
    this.#read += count;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (const [at, byte] of bytes.entries()) {
      const next = this.#ours[this.#written];
      const isEarly = next !== undefined && next.after > this.#read;
      if (next?.byte !== byte || isEarly) {
        throw new ScriptError(
          `We say ${quoted(bytes.subarray(at))}` +
            `${isEarly ? " too early" : ""}: ${this.#expectation}`,
        );
      }
      this.#written++;
    }
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.isClosed = true;
  }

  /** @throws {ScriptError} If something was not said or not read. */
  assertDone(): void {
    if (this.#written < this.#ours.length) {
      throw new ScriptError(this.#expectation);
    }
    if (this.#read < this.#theirs.length) {
      throw new ScriptError(
        `Not read: ${quoted(this.#theirs.slice(this.#read).map(byteOf))}`,
      );
    }
  }

  get #expectation(): string {
    const left = this.#ours.slice(this.#written).map(byteOf);
    return left.length === 0
      ? "the script has us say no more"
      : `the script has us say ${quoted(left)}`;
  }
}

function byteOf({ byte }: Said): number {
  return byte;
}

function bytesOf(words: string | Uint8Array): Uint8Array {
  return typeof words === "string" ? new TextEncoder().encode(words) : words;
}

/** Bytes as a quoted string, a character for each. */
function quoted(bytes: Iterable<number>): string {
  return JSON.stringify(
    Array.from(bytes, (byte) => byte === END ? "…" : String.fromCharCode(byte))
      .join(""),
  );
}
