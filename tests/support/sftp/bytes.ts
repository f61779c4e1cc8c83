/** SFTP packets as text, a character for each byte and a string for a field. */

export function wire(...fields: readonly string[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(fields.join(""), (char) => char.charCodeAt(0));
}

/** Bytes as text again. */
export function unwire(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

export function uint32(value: number): string {
  return uint64(value).slice(4);
}

export function uint64(value: number | bigint): string {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return unwire(bytes);
}

/** A length and as many bytes. */
export function string(bytes: string): string {
  return uint32(bytes.length) + bytes;
}

/** A packet behind its length. */
export function packet(...fields: readonly string[]): Uint8Array<ArrayBuffer> {
  return wire(string(fields.join("")));
}

/** What a server says that offers nothing more. */
export const VERSION = wire(
  "\x00\x00\x00\x05",
  "\x02",
  "\x00\x00\x00\x03",
);

/** A server's first packet. */
export function versionPacket(
  extensions: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  return packet(
    "\x02",
    "\x00\x00\x00\x03",
    ...Object.entries(extensions).flat().map(string),
  );
}
