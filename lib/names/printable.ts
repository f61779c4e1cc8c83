import { decodeName, encodeName } from "./name_bytes.ts";

/**
 * Characters that may not reach a terminal as they are: control, format,
 * private and unassigned ones, and the two line separators. The zero-width
 * joiners may: they only shape the characters beside them.
 */
const unprintable = /(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Escapes text for a terminal: each byte of an unprintable character becomes
 * `\ooo`, three octal digits, as scp shows it (CVE-2019-6109). All foreign text
 * and file names pass this function.
 */
export function printable(text: string): string {
  // Most texts are plain, and Unicode's tables take a millisecond to load.
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text.replaceAll(unprintable, escaped);
}

/** Escapes lines that end in `\n` or `\r\n`; tabs stay. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map((line) =>
    line.split("\t").map(printable).join("\t")
  ).join("\n");
}

/** Longest text of a peer that a message quotes, in UTF-16 code units. */
const MAX_QUOTED = 240;

/** Most bytes that so much text may take. */
const MAX_QUOTED_BYTES = (MAX_QUOTED + 1) * 4;

/** Shortens foreign text to 240 code units; does not escape it. */
export function shortened(text: string): string {
  if (text.length <= MAX_QUOTED) return text;
  const isInside = /[\ud800-\udbff]$/.test(text.slice(0, MAX_QUOTED)) &&
    /^[\udc00-\udfff]/.test(text.slice(MAX_QUOTED, MAX_QUOTED + 1));
  return `${text.slice(0, isInside ? MAX_QUOTED - 1 : MAX_QUOTED)}…`;
}

/** Shortens foreign text and puts it in quotes. */
export function quoted(text: string): string {
  return `"${shortened(text)}"`;
}

/** Decodes no more bytes than a message quotes, and puts them in quotes. */
export function quotedBytes(bytes: Uint8Array): string {
  return quoted(decodeName(bytes.subarray(0, MAX_QUOTED_BYTES)));
}

/** Escape of each byte. */
const OCTAL: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => "\\" + byte.toString(8).padStart(3, "0"),
);

function escaped(char: string): string {
  const code = char.codePointAt(0)!;
  if (code < 0x80) return OCTAL[code]!;
  if (code >= 0xdc80 && code <= 0xdcff) return OCTAL[code - 0xdc00]!;
  // A surrogate that stands for no byte cannot be written.
  const bytes = encodeName(char.isWellFormed() ? char : "\ufffd");
  return Array.from(bytes, (byte) => OCTAL[byte]).join("");
}
