import {
  type Channel,
  type ReadOptions,
  upTo,
} from "../../../lib/channel/channel.ts";

/** A channel whose peer has sent all its bytes and ended. */
export class SaidChannel implements Channel {
  readonly blockBytes = 64 * 1024;
  readonly #input: Uint8Array;
  readonly #written: Uint8Array[] = [];
  #at = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
  }

  /** All bytes that were written. */
  get written(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#written.flatMap((part) => [...part]));
  }

  async read(limit: number, { last }: ReadOptions = {}): Promise<Uint8Array> {
    const part = upTo(last, this.#input.subarray(this.#at, this.#at + limit));
    this.#at += part.length;
    return part;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#written.push(bytes.slice());
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}
}
