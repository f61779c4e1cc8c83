import { decodeName, encodeName } from "./name_bytes.ts";

/**
 * What may not reach a terminal as it is: control, format, private and
 * unassigned characters, and the two line separators. The zero-width joiners
 * stay: they only shape the characters beside them.
 */
const unprintable = /(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * The one escape that foreign text and file names pass before they reach a
 * terminal: each byte of what cannot be shown becomes `\ooo`, three octal
 * digits, as scp shows it (CVE-2019-6109).
 */
export function printable(text: string): string {
  // Most is plain, and Unicode's tables take a millisecond to be ready.
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text.replaceAll(unprintable, escaped);
}

/** The same for text of many lines, ended by `\n` or `\r\n`; tabs stay. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map((line) =>
    line.split("\t").map(printable).join("\t")
  ).join("\n");
}

/** Most of what a peer said that a message tells, in UTF-16 code units. */
const MAX_TOLD = 240;

/** Most bytes that can matter to that. */
const MAX_TOLD_BYTES = (MAX_TOLD + 1) * 4;

/** Cuts foreign text where it gets long; does not escape it. */
export function shortened(text: string): string {
  if (text.length <= MAX_TOLD) return text;
  const isInside = /[\ud800-\udbff]$/.test(text.slice(0, MAX_TOLD)) &&
    /^[\udc00-\udfff]/.test(text.slice(MAX_TOLD, MAX_TOLD + 1));
  return `${text.slice(0, isInside ? MAX_TOLD - 1 : MAX_TOLD)}…`;
}

/** Does the same, and puts it in quotes. */
export function quoted(text: string): string {
  return `"${shortened(text)}"`;
}

/** Does the same with bytes, of which only so many are decoded. */
export function quotedBytes(bytes: Uint8Array): string {
  return quoted(decodeName(bytes.subarray(0, MAX_TOLD_BYTES)));
}

/** Each byte as it is shown. */
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
