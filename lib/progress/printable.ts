import { encodeName } from "../files/name_bytes.ts";

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
  return text.replaceAll(unprintable, (char) => octal(bytesOf(char)));
}

/** The same for text of many lines, ended by `\n` or `\r\n`; tabs stay. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map((line) =>
    line.split("\t").map(printable).join("\t")
  ).join("\n");
}

/** How much of what a peer said is told, in characters. */
const MAX_TOLD = 240;

/** Foreign text as a message tells it, cut where it gets long; not escaped. */
export function shortened(text: string): string {
  return text.length > MAX_TOLD ? `${text.slice(0, MAX_TOLD)}…` : text;
}

/** The same in quotes. */
export function quoted(text: string): string {
  return `"${shortened(text)}"`;
}

function bytesOf(char: string): Uint8Array {
  return char.isWellFormed() || /[\udc80-\udcff]/.test(char)
    ? encodeName(char)
    : encodeName("\ufffd");
}

function octal(bytes: Uint8Array): string {
  return Array.from(
    bytes,
    (byte) => "\\" + byte.toString(8).padStart(3, "0"),
  ).join("");
}
