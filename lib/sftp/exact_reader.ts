import type { Channel } from "../channel/channel.ts";
import { LENGTH_BYTES, uint32At } from "./wire/bytes.ts";

/** Reads a channel by exact lengths. */
export class ExactReader {
  readonly #channel: Channel;
  /** Bytes received, and the count of those that were taken. */
  #bytes: Uint8Array;
  #taken = 0;

  /** @param received Bytes that were read before those of the channel. */
  constructor(channel: Channel, received: Uint8Array = new Uint8Array()) {
    this.#channel = channel;
    this.#bytes = received;
  }

  /**
   * Gives the next `length` bytes where they have come, which spares a wait;
   * `undefined` where `take` has to be called for them. They are valid until the
   * next read.
   */
  takeReceived(length: number): Uint8Array | undefined {
    const isThere = this.#bytes.length - this.#taken >= length;
    return isThere ? this.#cut(length) : undefined;
  }

  /**
   * Gives the next packet, which begins with its length, where all of it has come;
   * else `undefined`. It is valid until the next read.
   */
  takeReceivedPacket(): Uint8Array | undefined {
    const left = this.#bytes.length - this.#taken;
    if (left < LENGTH_BYTES) return undefined;
    const length = LENGTH_BYTES + uint32At(this.#bytes, this.#taken);
    return length <= left ? this.#cut(length) : undefined;
  }

  /**
   * Gives the next `length` bytes where they have come, or come while the channel
   * waits for them right here; `undefined` as `takeReceived`.
   */
  takeNow(length: number): Uint8Array | undefined {
    if (this.#taken === this.#bytes.length) {
      const channel = this.#channel;
      const bytes = channel.readNow?.(channel.blockBytes);
      if (bytes === undefined) return undefined;
      this.#bytes = bytes;
      this.#taken = 0;
    }
    return this.takeReceived(length);
  }

  /**
   * Gives the next `length` bytes, or fewer if the stream ends before. They are
   * valid until the next read.
   */
  async take(length: number): Promise<Uint8Array> {
    const received = this.takeReceived(length);
    if (received !== undefined) return received;
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
    if (this.#taken === this.#bytes.length) {
      const { blockBytes } = this.#channel;
      this.#bytes = await this.#channel.read(blockBytes, { soon });
      this.#taken = 0;
    }
    return this.#cut(Math.min(most, this.#bytes.length - this.#taken));
  }

  #cut(length: number): Uint8Array {
    const start = this.#taken;
    this.#taken += length;
    return this.#bytes.subarray(start, this.#taken);
  }
}
