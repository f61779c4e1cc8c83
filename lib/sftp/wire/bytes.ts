/**
 * Fields of SFTP packets as bytes. Numbers are big-endian; strings are a length
 * and as many bytes (draft-ietf-secsh-filexfer-02, section 3; RFC 4251, section
 * 5).
 */

import { ProtocolError } from "../../errors.ts";
import { decodeName, encodeName } from "../../names/name_bytes.ts";

/** Reads a packet's fields in their order. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  /** @param bytes The packet; strings that are read are views of it. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(
      bytes.buffer,
      bytes.byteOffset,
      bytes.byteLength,
    );
  }

  /** Count of the bytes that were not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Reads a byte. */
  byte(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  /** Reads a 32-bit number. */
  uint32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  /**
   * Reads a 64-bit number.
   *
   * @throws {ProtocolError} If it is beyond what a number holds exactly.
   */
  uint64(): number {
    const value = Number(this.#view.getBigUint64(this.#advance(8)));
    if (Number.isSafeInteger(value)) return value;
    throw new ProtocolError("protocol error: number out of range");
  }

  /** Reads a 64-bit number; one out of range becomes the largest exact one. */
  clampedUint64(): number {
    const value = Number(this.#view.getBigUint64(this.#advance(8)));
    return Math.min(value, Number.MAX_SAFE_INTEGER);
  }

  /** Reads a string's bytes. */
  string(): Uint8Array {
    const length = this.uint32();
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /**
   * Reads a string of text or a name, of any bytes.
   *
   * @param most Bytes after which the text is cut.
   */
  text(most = Infinity): string {
    return decodeName(this.string().subarray(0, most));
  }

  /** Moves past a field: the one place that compares lengths. */
  #advance(length: number): number {
    if (length > this.left) {
      throw new ProtocolError("protocol error: packet too short");
    }
    const start = this.#at;
    this.#at += length;
    return start;
  }
}

/** Bytes that most packets fit in. */
const USUAL_BYTES = 128;

/** Bytes of the field that every packet begins with: the length of the rest. */
export const LENGTH_BYTES = 4;

/** Writes the fields of one packet after the other. */
export class WireWriter {
  #bytes = new Uint8Array(USUAL_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = LENGTH_BYTES;

  /** Writes a byte. */
  byte(value: number): this {
    const at = this.#extend(1);
    this.#view.setUint8(at, value);
    return this;
  }

  /** Writes a 32-bit number. */
  uint32(value: number): this {
    const at = this.#extend(4);
    this.#view.setUint32(at, value);
    return this;
  }

  /** Writes a 64-bit number. */
  uint64(value: number): this {
    const at = this.#extend(8);
    this.#view.setBigUint64(at, BigInt(value));
    return this;
  }

  /** Writes a string of these bytes. */
  string(bytes: Uint8Array): this {
    this.uint32(bytes.length);
    const at = this.#extend(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /**
   * Writes a string of text or a name.
   *
   * @throws {EntryError} If it stands for no bytes.
   */
  text(text: string): this {
    return this.string(encodeName(text));
  }

  /** Begins another packet and drops the fields written so far. */
  begin(): void {
    this.#length = LENGTH_BYTES;
  }

  /**
   * Gives a copy of the packet, its length first.
   *
   * @param following Count of the packet's bytes that the caller sends itself.
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
