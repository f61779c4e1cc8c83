/**
 * Names are bytes on a Unix disk and on the wire, and strings in the program. A
 * byte 0x80-0xFF that is no part of valid UTF-8 becomes the lone surrogate
 * U+DC80-U+DCFF, so that nothing is lost (Python's "surrogateescape").
 */

import { EntryError } from "../errors.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Decodes any bytes; `encodeName` gives the same bytes back. */
export function decodeName(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeMixed(bytes);
  }
}

/** Decodes bytes that are not all UTF-8, to one code unit a byte at most. */
function decodeMixed(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.length);
  let count = 0;
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at]!;
    const length = sequenceLength(bytes, at);
    if (length <= 1) units[count++] = length === 1 ? lead : 0xdc00 + lead;
    else if (length < 4) units[count++] = codePoint(bytes, at, length);
    else {
      const beyond = codePoint(bytes, at, length) - 0x10000;
      units[count++] = 0xd800 + (beyond >> 10);
      units[count++] = 0xdc00 + (beyond & 0x3ff);
    }
    at += Math.max(length, 1);
  }
  return textOf(units.subarray(0, count));
}

/**
 * Gives the length of the UTF-8 sequence at `at`, 0 if there is none: the table
 * of well-formed sequences of the Unicode standard (3.9, table 3-7).
 */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let next = 2; next < length; next++) {
    if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

/** Gives the code point of a sequence of two to four bytes. */
function codePoint(bytes: Uint8Array, at: number, length: number): number {
  let code = bytes[at]! & (0x7f >> length);
  for (let next = 1; next < length; next++) {
    code = code << 6 | bytes[at + next]! & 0x3f;
  }
  return code;
}

/** Most code units that one call turns into text. */
const TEXT_UNITS = 8192;

function textOf(units: Uint16Array): string {
  let text = "";
  for (let at = 0; at < units.length; at += TEXT_UNITS) {
    text += String.fromCharCode(...units.subarray(at, at + TEXT_UNITS));
  }
  return text;
}

/**
 * Encodes a name as its bytes.
 *
 * @throws {EntryError} If the name holds a surrogate that stands for no byte,
 * as Windows allows.
 */
export function encodeName(name: string): Uint8Array {
  if (name.isWellFormed()) return encoder.encode(name);
  const bytes = new Uint8Array(name.length * MOST_BYTES_A_UNIT);
  return bytes.slice(0, encodeNameInto(name, bytes));
}

/** Most bytes that a code unit becomes. */
export const MOST_BYTES_A_UNIT = 3;

/**
 * Encodes a name into memory that has room for it, whatever it holds: memory of its
 * own costs more than the encoding.
 *
 * @param bytes Room for `MOST_BYTES_A_UNIT` bytes a code unit.
 * @returns Count of the name's bytes.
 * @throws {EntryError} As `encodeName`.
 */
export function encodeNameInto(name: string, bytes: Uint8Array): number {
  if (name.isWellFormed()) return encoder.encodeInto(name, bytes).written;
  let length = 0;
  for (let at = 0; at < name.length;) {
    const code = name.codePointAt(at)!;
    if (code >= 0xd800 && code <= 0xdfff) {
      bytes[length++] = byteOf(code, name);
      at++;
    } else {
      const char = String.fromCodePoint(code);
      length += encoder.encodeInto(char, bytes.subarray(length)).written;
      at += char.length;
    }
  }
  return length;
}

/** Gives the byte that a lone surrogate stands for. */
function byteOf(surrogate: number, name: string): number {
  if (surrogate >= 0xdc80 && surrogate <= 0xdcff) return surrogate - 0xdc00;
  throw new EntryError(`${name}: the name cannot be written as UTF-8`);
}
