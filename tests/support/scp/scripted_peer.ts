import type { Channel, ReadOptions } from "../../../lib/channel/channel.ts";

/** What we did is not what the script has us do. */
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
 * The far end of a channel, played from a script of literal bytes:
 *
 *     new ScriptedPeer()
 *       .weSay("\0").peerSays("C0644 3 a\n")
 *       .weSay("\0").peerSays("abc\0")
 *       .weSay("\0")
 *
 * The peer's words can be read once all that we say before them was written,
 * and ours may be written once the words they answer were begun to be read.
 * Any other step throws at once, so that no test waits for ever. After the
 * last words the stream ends.
 */
export class ScriptedPeer implements Channel {
  readonly blockBytes = 256 * 1024;
  /** Whether we said that nothing more comes. */
  isClosed = false;
  readonly #theirs: Said[] = [];
  readonly #ours: Said[] = [];
  readonly #grain: number;
  /** Where the words of theirs begin that ours answer. */
  #answered = 0;
  #read = 0;
  #written = 0;

  /** @param grain The most bytes that one read gives. */
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
      this.#ours.push({ byte, after: this.#answered });
    }
    return this;
  }

  #addTheirs(bytes: readonly number[]): this {
    this.#answered = this.#theirs.length + 1;
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
