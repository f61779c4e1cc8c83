/**
 * Last requests to the hash script: for a file's rest, or to write it. What follows is
 * no request, whatever fails.
 */

import { encodeName } from "../names/name_bytes.ts";
import {
  baseLine,
  BLOCK_BYTES,
  encoded,
  type HashRequest,
} from "./hash_script.ts";

/** File on a host, as the script finds it. */
export type RestPlace = Pick<HashRequest, "path" | "base">;

/** Line that the script says before a rest leaves or comes, without its end. */
export const READY = "+";

/** Gives the last point at or before a byte that a rest can be written from. */
export function writablePoint(at: number): number {
  return at - at % BLOCK_BYTES;
}

/**
 * Encodes the request for a file from a byte on, which comes behind `READY` and ends the
 * session.
 *
 * @throws {EntryError} If the path stands for no bytes.
 */
export function formatRead(place: RestPlace, at: number): Uint8Array {
  return formatLast(place, `r:${at + 1}`);
}

/**
 * Encodes the request to write all that follows to a file, from a writable point on. The
 * script says `READY` first, and an answer once the input has ended.
 *
 * @throws {EntryError} If the path stands for no bytes.
 */
export function formatWrite(place: RestPlace, at: number): Uint8Array {
  return formatLast(place, `w:${at / BLOCK_BYTES}`);
}

function formatLast({ path, base }: RestPlace, head: string): Uint8Array {
  const { text, flag } = encoded(path);
  return encodeName(`${baseLine(base)}${head}${flag} ${text}\n`);
}

/** Result of a rest that was written. */
export interface WrittenRest {
  /** Length of the file by then, in bytes; absent where nothing tells. */
  readonly size: number | undefined;
  /** Reason why not all was written, as the host's `dd` words it; absent if all was. */
  readonly failure: string | undefined;
}

/** Lines by which `dd` counts what it has moved. */
const COUNTS = /records (?:in|out)|bytes|^\s*$/;

/** Reads the answer to a rest that was written; gives `undefined` for a part of one. */
export function parseWritten(answer: string): WrittenRest | undefined {
  const lines = answer.split(/\r?\n/);
  const end = lines.findIndex((line) => /^\.\d+$/.test(line));
  if (end < 1) return undefined;
  const [, digits] = /^\s*(\d{1,15})$/.exec(lines[end - 1]!) ?? [];
  const words = lines.slice(0, end - 1).find((line) => !COUNTS.test(line));
  return {
    size: digits === undefined ? undefined : Number(digits),
    failure: lines[end] === ".0"
      ? undefined
      : words?.split(": ").at(-1) ?? "it cannot be written",
  };
}
