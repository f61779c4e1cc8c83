/** A request's fields, read in the order they stand. */

import { wire } from "../sftp/bytes.ts";

/** Attributes of an entry in a request. */
export interface AskedAttributes {
  readonly size?: number;
  readonly mode?: number;
  /** In seconds since 1970 UTC. */
  readonly modified?: number;
}

/** Fields as text, a character for each byte. */
export class Fields {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Bytes that were not read yet. */
  get rest(): string {
    return this.#text.slice(this.#at);
  }

  take(length: number): string {
    const field = this.#text.slice(this.#at, this.#at + length);
    if (field.length < length) throw new Error("The client's packet is cut");
    this.#at += length;
    return field;
  }

  byte(): number {
    return this.take(1).charCodeAt(0);
  }

  uint32(): number {
    return new DataView(wire(this.take(4)).buffer).getUint32(0);
  }

  uint64(): number {
    return this.uint32() * 2 ** 32 + this.uint32();
  }

  string(): string {
    return this.take(this.uint32());
  }

  attributes(): AskedAttributes {
    const flags = this.uint32();
    const size = flags & 0x1 ? this.uint64() : undefined;
    const mode = flags & 0x4 ? this.uint32() & 0o7777 : undefined;
    const [, modified] = flags & 0x8 ? [this.uint32(), this.uint32()] : [];
    return {
      ...(size === undefined ? {} : { size }),
      ...(mode === undefined ? {} : { mode }),
      ...(modified === undefined ? {} : { modified }),
    };
  }
}
