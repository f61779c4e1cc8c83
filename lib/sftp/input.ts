import type { Channel } from "../channel/channel.ts";

/** Reads a channel by exact lengths. */
export class ExactInput {
  readonly #channel: Channel;
  /** What has come and was not asked for yet. */
  #rest: Uint8Array = new Uint8Array();

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /**
   * The next `length` bytes; less of them if the stream ended. They are valid
   * until something is read again.
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
   * What comes next, at most so many bytes; none at the end of the stream. They
   * are valid until something is read again.
   *
   * @param soon How many are on their way, as a channel is told.
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
