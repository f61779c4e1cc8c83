/** SFTP packets as text: a character for each byte, a string for a field. */

/** Gives the bytes of some fields. */
export function wire(...fields: readonly string[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(fields.join(""), (char) => char.charCodeAt(0));
}

/** Gives the text of bytes. */
export function unwire(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** Gives a 32-bit number as a field. */
export function uint32(value: number): string {
  return uint64(value).slice(4);
}

/** Gives a 64-bit number as a field. */
export function uint64(value: number | bigint): string {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return unwire(bytes);
}

/** Gives a string as a field: its length and its bytes. */
export function string(bytes: string): string {
  return uint32(bytes.length) + bytes;
}

/** Gives a packet, its length first. */
export function packet(...fields: readonly string[]): Uint8Array<ArrayBuffer> {
  return wire(string(fields.join("")));
}

/** First packet of a server without extensions. */
export const VERSION = wire(
  "\x00\x00\x00\x05",
  "\x02",
  "\x00\x00\x00\x03",
);

/** Gives a server's first packet. */
export function versionPacket(
  extensions: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  return packet(
    "\x02",
    "\x00\x00\x00\x03",
    ...Object.entries(extensions).flat().map(string),
  );
}
