import type { Channel } from "../channel/channel.ts";

/** Reads a channel by exact lengths. */
export class ExactReader {
  readonly #channel: Channel;
  /** Bytes received and not taken yet. */
  #rest: Uint8Array = new Uint8Array();

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /**
   * Gives the next `length` bytes, or fewer if the stream ends before. They are
   * valid until the next read.
   */
  async take(length: number): Promise<Uint8Array> {
    if (this.#rest.length >= length) return this.#cut(length);
    const bytes = new Uint8Array(length);
    let count = 0;
    while (count < length) {
      const part = await this.next(length - count);
      if (part.length === 0) break;
      bytes.set(part, count);
      count += part.length;
    }
    return bytes.subarray(0, count);
  }

  /**
   * Gives the bytes that come next, at most `most`, and none at the end of the
   * stream. They are valid until the next read.
   *
   * @param soon Bytes already in flight; worth reading together.
   */
  async next(most: number, soon = 0): Promise<Uint8Array> {
    if (this.#rest.length === 0) {
      this.#rest = await this.#channel.read(this.#channel.blockBytes, { soon });
    }
    return this.#cut(most);
  }

  #cut(most: number): Uint8Array {
    const bytes = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(bytes.length);
    return bytes;
  }
}
