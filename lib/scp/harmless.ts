/**
 * Which bodies may be sent before their record is acknowledged. A sink that
 * refuses a file swallows nothing: it reads the body that is under way already
 * as records, and does what they say.
 */

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
 * may pass over lines they do not know, so no line may look like a record. What
 * follows the body, the next file's record and body, was looked at in its turn.
 */
export function isHarmless(body: Uint8Array): boolean {
  if (FIRST_BYTES.has(body[0])) return false;
  let at = 0;
  while ((at = body.indexOf(NEWLINE, at) + 1) > 0) {
    if (looksLikeRecord(body, at)) return false;
  }
  return true;
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
