/**
 * The values SFTP packets are made of, as bytes: pure. Numbers are big-endian;
 * strings are a length and as many bytes (draft-ietf-secsh-filexfer-02,
 * section 3; RFC 4251, section 5).
 */

import { ProtocolError } from "../../errors.ts";
import { decodeName, encodeName } from "../../names/name_bytes.ts";

/** Reads a packet's fields in the order they stand. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  /** @param bytes What it gives of strings are views of these. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(
      bytes.buffer,
      bytes.byteOffset,
      bytes.byteLength,
    );
  }

  /** How many bytes were not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  /** @throws {ProtocolError} If it is beyond what a number holds exactly. */
  uint64(): number {
    const value = Number(this.#view.getBigUint64(this.#advance(8)));
    if (Number.isSafeInteger(value)) return value;
    throw new ProtocolError("protocol error: number out of range");
  }

  /** The same, but what is beyond becomes the largest exact number. */
  clampedUint64(): number {
    const value = Number(this.#view.getBigUint64(this.#advance(8)));
    return Math.min(value, Number.MAX_SAFE_INTEGER);
  }

  string(): Uint8Array {
    const length = this.uint32();
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** A string of text or a name, whatever bytes it is; its first bytes. */
  text(most = Infinity): string {
    return decodeName(this.string().subarray(0, most));
  }

  /** The one place where what is there is compared with what is wanted. */
  #advance(length: number): number {
    if (length > this.left) {
      throw new ProtocolError("protocol error: packet too short");
    }
    const start = this.#at;
    this.#at += length;
    return start;
  }
}

/** How many bytes a packet usually needs. */
const USUAL_BYTES = 128;

/** The field that every packet begins with: how many bytes follow it. */
export const LENGTH_BYTES = 4;

/** Writes a packet's fields one after the other; then those of the next one. */
export class WireWriter {
  #bytes = new Uint8Array(USUAL_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = LENGTH_BYTES;

  byte(value: number): this {
    const at = this.#extend(1);
    this.#view.setUint8(at, value);
    return this;
  }

  uint32(value: number): this {
    const at = this.#extend(4);
    this.#view.setUint32(at, value);
    return this;
  }

  uint64(value: number): this {
    const at = this.#extend(8);
    this.#view.setBigUint64(at, BigInt(value));
    return this;
  }

  string(bytes: Uint8Array): this {
    this.uint32(bytes.length);
    const at = this.#extend(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** @throws {EntryError} If it stands for no bytes. */
  text(text: string): this {
    return this.string(encodeName(text));
  }

  /** Begins another packet; what was written is dropped. */
  begin(): void {
    this.#length = LENGTH_BYTES;
  }

  /**
   * A copy of all that was written, behind its length.
   *
   * @param following How many bytes of the packet follow elsewhere.
   */
  packet(following = 0): Uint8Array {
    this.#view.setUint32(0, this.#length - LENGTH_BYTES + following);
    return this.#bytes.slice(0, this.#length);
  }

  #extend(length: number): number {
    const start = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(this.#length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return start;
  }
}
