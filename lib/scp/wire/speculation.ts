/**
 * Bodies that may be sent before their record is acknowledged. A sink that
 * refuses a file does not skip its body: it reads a body that is in flight
 * already as records, and obeys them.
 */

import { MAX_RECORD_BYTES } from "./records.ts";

/** Longest body that may be a speculation, in bytes: all of it is checked. */
export const MAX_SPECULATION_BYTES = 256 * 1024;

const NEWLINE = 0x0a;

/** First bytes of a record: `C`, `D`, `E`, `T`, a warning, a fatal error. */
const FIRST_BYTES: ReadonlySet<number | undefined> = new Set([
  ...new TextEncoder().encode("CDET\x01\x02"),
]);

/**
 * Tells if a body does no harm where a sink reads it as records. OpenSSH's scp
 * ends at the first line that begins with none of `C D E T \1 \2`, an empty one
 * included (scp.c, `sink()`), so nothing behind that line counts. Other sinks
 * may skip unknown lines. So no line may look like a record, nor be longer than
 * a sink reads at a time, or its rest would be another line. The records and the
 * body of the next file, behind this body, were checked in their turn.
 */
export function isSafeToSpeculate(body: Uint8Array): boolean {
  if (FIRST_BYTES.has(body[0])) return false;
  for (let at = 0;;) {
    const end = body.indexOf(NEWLINE, at);
    const length = (end === -1 ? body.length : end) - at;
    if (length >= MAX_RECORD_BYTES) return false;
    if (end === -1) return true;
    at = end + 1;
    if (looksLikeRecord(body, at)) return false;
  }
}

/** Tells if a later line looks like a record; a word in capitals does not. */
function looksLikeRecord(body: Uint8Array, at: number): boolean {
  if (!FIRST_BYTES.has(body[at])) return false;
  const next = String.fromCharCode(body[at + 1] ?? NEWLINE);
  switch (String.fromCharCode(body[at]!)) {
    case "C":
    case "D":
    case "T":
      return /\d/.test(next);
    case "E":
      return /[\s\0]/.test(next);
    default:
      return true;
  }
}
