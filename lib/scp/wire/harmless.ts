/**
 * Which bodies may be sent before their record is acknowledged. A sink that
 * refuses a file swallows nothing: it reads the body that is in flight already
 * as records, and does what they say.
 */

import { MAX_RECORD_BYTES } from "./records.ts";

/** The longest body that goes ahead, in bytes: it is looked through first. */
export const MOST_AHEAD_BYTES = 256 * 1024;

const NEWLINE = 0x0a;

/** What a record begins with: `C`, `D`, `E`, `T`, and what went wrong. */
const FIRST_BYTES: ReadonlySet<number | undefined> = new Set([
  ...new TextEncoder().encode("CDET\x01\x02"),
]);

/**
 * Whether a body does no harm where it is read as records. OpenSSH's scp ends
 * at the first line that begins with none of `C D E T \1 \2`, an empty one
 * included (scp.c, `sink()`), so that nothing after it counts; but other sinks
 * may pass over lines they do not know, so no line may look like a record, nor
 * be longer than is read at a time, or its rest would be another one. What follows
 * the body, the next file's record and body, was looked at in its turn.
 */
export function isHarmless(body: Uint8Array): boolean {
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

/** Whether the line that begins there does; a word in capitals does not. */
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
