/**
 * The SCP protocol's control lines, both ways: pure, one line at a time.
 * Facts: OpenSSH's scp.c, `source()`, `sink()`, `response()`.
 */

import { asEntryError, EntryError, ProtocolError } from "../../errors.ts";
import { decodeName, encodeName } from "../../names/name_bytes.ts";
import { shortened } from "../../names/printable.ts";

/**
 * Longest control line that is sent, in bytes, newline included: OpenSSH's scp
 * reads no longer ones.
 */
export const MAX_RECORD_BYTES = 2047;

/**
 * Longest control line accepted from a peer, in bytes, newline included: a path
 * of any system, encoded, and why it failed.
 */
export const MAX_LINE_BYTES = 64 * 1024;

/** Longest part of a peer's message that is kept, in bytes. */
const MAX_TEXT_BYTES = MAX_RECORD_BYTES - 2;

/** Mode bits that a record carries: set-id and permissions, never sticky. */
export const RECORD_MODE_BITS = 0o6777;

/** Octal digits of a mode in a record. */
const MODE_DIGITS = 4;

/** Most decimal digits of a time's microseconds. */
const MICROSECOND_DIGITS = 6;

const BLANK = 0x20;
const ZERO = 0x30;

/** Latest time that a `Date` holds, in milliseconds since 1970 UTC. */
export const LAST_MOMENT = 8.64e15;

/** `T`: times of the next entry, in milliseconds since 1970 UTC, unlimited. */
export interface TimesRecord {
  readonly kind: "times";
  readonly modified: number;
  readonly accessed: number;
}

/** `C`: a file of `size` bytes follows once this is acknowledged. */
export interface FileRecord {
  readonly kind: "file";
  /** Octal 0 to 7777. */
  readonly mode: number;
  /** In bytes, at most 2^53 - 1. */
  readonly size: number;
  readonly name: string;
}

/** `D`: what follows, up to its `E`, is inside this directory. */
export interface DirectoryRecord {
  readonly kind: "directory";
  readonly mode: number;
  readonly name: string;
}

/** `E`: the directory last opened is complete. */
export interface EndRecord {
  readonly kind: "end";
}

/** `\1`: a failure of the peer, which goes on. */
export interface WarningRecord {
  readonly kind: "warning";
  readonly text: string;
}

/** `\2`: a failure of the peer, which gave up. */
export interface FatalRecord {
  readonly kind: "fatal";
  readonly text: string;
}

/** A line that is no record; most often a shell's output. */
export interface UnknownRecord {
  readonly kind: "unknown";
  readonly text: string;
}

/** A control line of a source. */
export type ScpRecord =
  | TimesRecord
  | FileRecord
  | DirectoryRecord
  | EndRecord
  | WarningRecord
  | FatalRecord
  | UnknownRecord;

/** A record that this program sends. */
export type SentRecord = Exclude<ScpRecord, UnknownRecord>;

/** A sink's reply to a record or a body. */
export type Acknowledgement =
  | { readonly kind: "ok" }
  | WarningRecord
  | FatalRecord
  | UnknownRecord;

/** The byte that acknowledges, and that ends a body that was read whole. */
export const OK = Uint8Array.of(0);

/**
 * Decodes one control line, given without its newline.
 *
 * @throws {ProtocolError} In the words OpenSSH's sink uses for the mistake.
 */
export function parseRecord(line: Uint8Array): ScpRecord {
  if (line.length === 0) throw violation("unexpected <newline>");
  const rest = line.subarray(1);
  switch (String.fromCharCode(line[0]!)) {
    case "\x01":
      return { kind: "warning", text: decodeText(rest) };
    case "\x02":
      return { kind: "fatal", text: decodeText(rest) };
    case "E":
      return { kind: "end" };
    case "T":
      return parseTimes(rest);
    case "C":
      return { kind: "file", ...parseEntry(rest) };
    case "D": {
      const { mode, name } = parseEntry(rest);
      return { kind: "directory", mode, name };
    }
    default:
      return { kind: "unknown", text: decodeText(line) };
  }
}

/** Decodes a peer's message, cut to the part that is kept. */
export function decodeText(bytes: Uint8Array): string {
  return bytes.length <= MAX_TEXT_BYTES
    ? decodeName(bytes)
    : `${decodeName(bytes.subarray(0, MAX_TEXT_BYTES))}…`;
}

/** Decodes the rest of an entry's line. */
function parseEntry(
  bytes: Uint8Array,
): { mode: number; size: number; name: string } {
  const mode = numberIn(bytes, 0, MODE_DIGITS, 8);
  if (Number.isNaN(mode)) throw violation("bad mode");
  if (bytes[MODE_DIGITS] !== BLANK) throw violation("mode not delimited");
  const start = MODE_DIGITS + 1;
  const end = digitsEnd(bytes, start);
  if (end === start) throw violation("size not present");
  if (bytes[end] !== BLANK) throw violation("size not delimited");
  const size = numberIn(bytes, start, end);
  if (!Number.isSafeInteger(size)) throw violation("size out of range");
  return { mode, size, name: decodeName(bytes.subarray(end + 1)) };
}

function parseTimes(bytes: Uint8Array): TimesRecord {
  const modified = parseTime(bytes, 0, "mtime", BLANK);
  const accessed = parseTime(bytes, modified.end + 1, "atime", undefined);
  return { kind: "times", modified: modified.time, accessed: accessed.time };
}

/**
 * Reads `seconds microseconds` and what is to stand behind them; gives milliseconds, and
 * the place of that.
 */
function parseTime(
  bytes: Uint8Array,
  start: number,
  field: "mtime" | "atime",
  behind: number | undefined,
): { time: number; end: number } {
  const middle = digitsEnd(bytes, start);
  if (middle === start) throw violation(`${field}.sec not present`);
  if (bytes[middle] !== BLANK) throw violation(`${field}.sec not delimited`);
  const end = digitsEnd(bytes, middle + 1, MICROSECOND_DIGITS);
  if (bytes[end] !== behind) throw violation(`${field}.usec not delimited`);
  const microseconds = numberIn(bytes, middle + 1, end);
  return {
    time: numberIn(bytes, start, middle) * 1000 + microseconds / 1000,
    end,
  };
}

/** Gives the end of the decimal digits at a place, at most so many of them. */
function digitsEnd(bytes: Uint8Array, start: number, most = Infinity): number {
  let end = start;
  while (isDigit(bytes[end]) && end - start < most) end++;
  return end;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

/** Gives the number of some digits; `NaN` if not all are digits of the base. */
function numberIn(
  bytes: Uint8Array,
  start: number,
  end: number,
  base: 8 | 10 = 10,
): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    value = digit >= 0 && digit < base ? value * base + digit : NaN;
  }
  return value;
}

function violation(mistake: string): ProtocolError {
  return new ProtocolError(`protocol error: ${mistake}`);
}

/**
 * Encodes one control line, newline included.
 *
 * A newline cannot stand in a record, so a name that holds one is written as
 * OpenSSH does, by vis(3) (`needsEncoding` tells). Error texts are kept to one
 * line and to the length a peer reads.
 *
 * @throws {EntryError} If the line would be longer than a peer accepts.
 */
export function formatRecord(record: SentRecord): Uint8Array {
  switch (record.kind) {
    case "times":
      return line(
        `T${formatTime(record.modified)} ${formatTime(record.accessed)}`,
      );
    case "file":
      return entryLine("C", record.mode, record.size, record.name);
    case "directory":
      return entryLine("D", record.mode, 0, record.name);
    case "end":
      return line("E");
    case "warning":
      return errorLine("\x01", record.text);
    case "fatal":
      return errorLine("\x02", record.text);
    default:
      return record satisfies never;
  }
}

/** Tells why a record cannot be sent; `undefined` if it can. */
export function sendingFailure(record: SentRecord): EntryError | undefined {
  try {
    formatRecord(record);
    return undefined;
  } catch (error) {
    return asEntryError(error);
  }
}

function line(text: string): Uint8Array {
  return encodeName(text + "\n");
}

function entryLine(
  letter: "C" | "D",
  mode: number,
  size: number,
  name: string,
): Uint8Array {
  const digits = (mode & RECORD_MODE_BITS).toString(8).padStart(4, "0");
  const sent = needsEncoding(name) ? visuallyEncoded(name) : name;
  const bytes = line(`${letter}${digits} ${size} ${sent}`);
  if (bytes.length > MAX_RECORD_BYTES) {
    throw new EntryError(`${shortened(name)}: name too long`);
  }
  return bytes;
}

function errorLine(first: string, text: string): Uint8Array {
  const sendable = text.replaceAll(/[\ud800-\udc7f\udd00-\udfff]/gu, "\ufffd");
  const bytes = line(
    first + (needsEncoding(sendable) ? visuallyEncoded(sendable) : sendable),
  );
  if (bytes.length <= MAX_RECORD_BYTES) return bytes;
  const cut = bytes.slice(0, MAX_RECORD_BYTES);
  cut[cut.length - 1] = 0x0a;
  return cut;
}

/** `seconds microseconds`; times before 1970 become 1970, as in OpenSSH. */
function formatTime(milliseconds: number): string {
  const micros = Math.max(0, Math.round(milliseconds * 1000));
  return `${Math.floor(micros / 1e6)} ${micros % 1e6}`;
}

/** Tells if a name cannot stand in a record as it is. */
export function needsEncoding(name: string): boolean {
  return name.includes("\n");
}

/** vis(3) with VIS_NL alone, which is how OpenSSH's source calls it. */
function visuallyEncoded(name: string): string {
  return Array.from(encodeName(name), visuallyEncodedByte).join("");
}

function visuallyEncodedByte(byte: number): string {
  const char = String.fromCharCode(byte);
  if (char === "\\") return "\\\\";
  if (/[\t\x20-\x7e]/.test(char)) return char;
  const low = byte & 0x7f;
  if (low === 0x20) return "\\" + byte.toString(8).padStart(3, "0");
  const meta = byte > 0x7f ? "\\M" : "\\";
  if (low === 0x7f) return meta + "^?";
  return meta +
    (low < 0x20
      ? "^" + String.fromCharCode(low + 0x40)
      : "-" + String.fromCharCode(low));
}
