import type { Channel } from "../channel/channel.ts";

/** What is no more than this is a short message, in bytes. */
const SHORT_BYTES = 16 * 1024;

/** Reads a channel by exact lengths. */
export class ExactInput {
  readonly #channel: Channel;
  /** What has come and was not asked for yet. */
  #rest: Uint8Array = new Uint8Array();
  /** Whether what comes now is long: after a long message, most often another. */
  #isLong = false;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /**
   * The next `length` bytes; less of them if the stream ended. They are valid
   * until something is read again.
   */
  async take(length: number): Promise<Uint8Array> {
    if (this.#rest.length < length) {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, await this.fill(bytes));
    }
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return bytes;
  }

  /**
   * Fills `buffer`.
   *
   * @returns How many bytes there were; less than it holds if the stream ended.
   */
  async fill(buffer: Uint8Array): Promise<number> {
    if (buffer.length > SHORT_BYTES) this.#isLong = true;
    let filled = 0;
    while (filled < buffer.length) {
      if (this.#rest.length === 0) this.#rest = await this.#readMore();
      if (this.#rest.length === 0) break;
      const part = this.#rest.subarray(0, buffer.length - filled);
      buffer.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return filled;
  }

  /** A channel waits for what is long until there is a lot of it. */
  async #readMore(): Promise<Uint8Array> {
    const limit = this.#isLong ? this.#channel.blockBytes : SHORT_BYTES;
    const bytes = await this.#channel.read(limit);
    this.#isLong = bytes.length > SHORT_BYTES;
    return bytes;
  }
}
