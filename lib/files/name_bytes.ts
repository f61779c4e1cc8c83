/**
 * Names are bytes to a Unix system and to the wire, and strings in here. A
 * byte 0x80-0xFF that is no part of valid UTF-8 travels as the lone surrogate
 * U+DC80-U+DCFF, so nothing is lost on the way through (Python's
 * "surrogateescape").
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

function decodeMixed(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes.subarray(at, at + 4));
    if (length === 0) {
      text += String.fromCharCode(0xdc00 + bytes[at]!);
      at++;
    } else {
      text += strict.decode(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return text;
}

/** The length of the UTF-8 sequence `bytes` begins with; 0 if it is none. */
function sequenceLength(bytes: Uint8Array): number {
  const lead = bytes[0]!;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (bytes.length < length) return 0;
  try {
    strict.decode(bytes.subarray(0, length));
    return length;
  } catch {
    return 0;
  }
}

/**
 * Encodes a name as its bytes.
 *
 * @throws {EntryError} If the name holds a surrogate that stands for no byte,
 * as Windows allows.
 */
export function encodeName(name: string): Uint8Array {
  if (name.isWellFormed()) return encoder.encode(name);
  const bytes: number[] = [];
  for (const char of name) {
    const code = char.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else if (code >= 0xd800 && code <= 0xdfff) {
      throw new EntryError(`${name}: the name cannot be written as UTF-8`);
    } else bytes.push(...encoder.encode(char));
  }
  return Uint8Array.from(bytes);
}
