/**
 * Fields of SFTP packets as bytes. Numbers are big-endian; strings are a length
 * and as many bytes (draft-ietf-secsh-filexfer-02, section 3; RFC 4251, section
 * 5).
 */

import { ProtocolError } from "../../errors.ts";
import {
  decodeName,
  encodeNameInto,
  MOST_BYTES_A_UNIT,
} from "../../names/name_bytes.ts";

/** Reads a packet's fields in their order. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  /** @param bytes The packet; strings that are read are views of it. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Count of the bytes that were not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Reads a byte. */
  byte(): number {
    return this.#bytes[this.#advance(1)]!;
  }

  /** Reads a 32-bit number. */
  uint32(): number {
    return uint32At(this.#bytes, this.#advance(4));
  }

  /**
   * Reads a 64-bit number.
   *
   * @throws {ProtocolError} If it is beyond what a number holds exactly.
   */
  uint64(): number {
    const value = this.#largeNumber();
    if (Number.isSafeInteger(value)) return value;
    throw new ProtocolError("protocol error: number out of range");
  }

  /** Reads a 64-bit number; one out of range becomes the largest exact one. */
  clampedUint64(): number {
    return Math.min(this.#largeNumber(), Number.MAX_SAFE_INTEGER);
  }

  /** Reads a 64-bit number, rounded where it is out of range. */
  #largeNumber(): number {
    return this.uint32() * 2 ** 32 + this.uint32();
  }

  /** Reads a string's bytes. */
  string(): Uint8Array {
    const start = this.skipString();
    return this.#bytes.subarray(start, this.#at);
  }

  /** Passes over a string; gives the place of its first byte. */
  skipString(): number {
    return this.#advance(this.uint32());
  }

  /**
   * Reads a string of text or a name, of any bytes.
   *
   * @param most Bytes after which the text is cut.
   */
  text(most = Infinity): string {
    return decodeName(this.string().subarray(0, most));
  }

  /** Reads all bytes that are left. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#advance(this.left));
  }

  /** Moves past a field: the one place that compares lengths. */
  #advance(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) {
      throw new ProtocolError("protocol error: packet too short");
    }
    this.#at = start + length;
    return start;
  }
}

/** Gives the 32-bit number at a place that has four bytes. */
export function uint32At(bytes: Uint8Array, at: number): number {
  const low = bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!;
  return bytes[at]! * 2 ** 24 + low;
}

/** Bytes that most packets fit in. */
const USUAL_BYTES = 128;

/** Bytes of the field that every packet begins with: the length of the rest. */
export const LENGTH_BYTES = 4;

/** Writes the fields of one packet after the other. */
export class WireWriter {
  readonly #blockBytes: number;
  #bytes: Uint8Array;
  #view: DataView;
  /** Start of the packet, and the end of its fields so far. */
  #start = 0;
  #end = LENGTH_BYTES;

  /** @param blockBytes Memory that packets share until it is full, in bytes. */
  constructor(blockBytes: number = USUAL_BYTES) {
    this.#blockBytes = blockBytes;
    this.#bytes = new Uint8Array(blockBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Writes a byte. */
  byte(value: number): this {
    if (this.#end === this.#bytes.length) this.#makeRoom(1);
    this.#bytes[this.#end++] = value;
    return this;
  }

  /** Writes a 32-bit number. */
  uint32(value: number): this {
    if (this.#end + 4 > this.#bytes.length) this.#makeRoom(4);
    this.#view.setUint32(this.#end, value);
    this.#end += 4;
    return this;
  }

  /** Writes a 64-bit number. */
  uint64(value: number): this {
    if (this.#end + 8 > this.#bytes.length) this.#makeRoom(8);
    this.#view.setUint32(this.#end, Math.floor(value / 2 ** 32));
    this.#view.setUint32(this.#end + 4, value % 2 ** 32);
    this.#end += 8;
    return this;
  }

  /** Writes a string of these bytes. */
  string(bytes: Uint8Array): this {
    return this.uint32(bytes.length).bytes(bytes);
  }

  /** Writes bytes that end a packet, without their length. */
  bytes(bytes: Uint8Array): this {
    if (this.#end + bytes.length > this.#bytes.length) {
      this.#makeRoom(bytes.length);
    }
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
    return this;
  }

  /**
   * Writes a string of text or a name.
   *
   * @throws {EntryError} If it stands for no bytes.
   */
  text(text: string): this {
    const most = LENGTH_BYTES + text.length * MOST_BYTES_A_UNIT;
    if (this.#end + most > this.#bytes.length) this.#makeRoom(most);
    const start = this.#end + LENGTH_BYTES;
    const length = encodeNameInto(text, this.#bytes.subarray(start));
    this.#view.setUint32(this.#end, length);
    this.#end = start + length;
    return this;
  }

  /** Begins a packet again and drops the fields written so far. */
  begin(): void {
    this.#end = this.#start + LENGTH_BYTES;
    if (this.#end > this.#bytes.length) this.#makeRoom(0);
  }

  /**
   * Gives the packet, its length first, and begins another one. Nothing writes to
   * its bytes any more.
   *
   * @param following Count of the packet's bytes that the caller sends itself.
   */
  packet(following = 0): Uint8Array {
    const packet = this.#bytes.subarray(this.#start, this.#end);
    const length = packet.length - LENGTH_BYTES + following;
    this.#view.setUint32(this.#start, length);
    this.#start = this.#end;
    this.begin();
    return packet;
  }

  /** Gives the packet other memory, with room for so many bytes behind its end. */
  #makeRoom(length: number): void {
    const written = this.#bytes.subarray(this.#start, this.#end);
    const needed = (this.#end - this.#start + length) * 2;
    this.#bytes = new Uint8Array(Math.max(this.#blockBytes, needed));
    this.#bytes.set(written);
    this.#view = new DataView(this.#bytes.buffer);
    this.#end -= this.#start;
    this.#start = 0;
  }
}
