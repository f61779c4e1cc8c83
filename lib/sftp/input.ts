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
    let filled = 0;
    while (filled < buffer.length) {
      if (this.#rest.length === 0) {
        this.#rest = await this.#channel.read(this.#channel.blockBytes);
      }
      if (this.#rest.length === 0) break;
      const part = this.#rest.subarray(0, buffer.length - filled);
      buffer.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return filled;
  }
}
