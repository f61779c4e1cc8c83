/** The name of a payload's section or resource, and what a payload begins with. */
export const PAYLOAD_NAME = "d3n0l4nd";

/**
 * Returns a view of bytes, whose reads throw a `RangeError` beyond their end.
 */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Reads a text of one byte a character, up to a zero byte. */
export function textAt(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return String.fromCharCode(...field.subarray(0, end < 0 ? length : end));
}

/** Rounds up to a multiple of a power of two. */
export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
