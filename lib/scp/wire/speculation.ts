/**
 * Bodies that may leave before their record is acknowledged. A sink that refuses a
 * file does not skip its body: it reads a body that is in flight already as
 * records, and obeys them.
 */

import { MAX_RECORD_BYTES } from "./records.ts";

/** Bytes at the start of a line that tell whether it is a record. */
export const TELLING_BYTES = 64;

const NEWLINE = 0x0a;

/** First bytes of a line that has an effect on OpenSSH's sink: `C D E T`, `\1`, `\2`. */
const FIRST_BYTES: ReadonlySet<number | undefined> = new Set([
  ...new TextEncoder().encode("CDET\x01\x02"),
]);

/** Those that have one in whatever line comes first. */
const FIRST_EFFECTS: ReadonlySet<number | undefined> = new Set([
  ...new TextEncoder().encode("E\x01\x02"),
]);

/** A record as a sink reads it, in bytes as Latin-1; more may follow. */
const RECORD = /^(?:[CD][0-7]{4} \d|T\d+ \d|E[\s\0])/;

/** Part of a record that a line may go on to be. */
const BEGUN = /^(?:[CD](?:[0-7]{0,4}|[0-7]{4} )|T[\d ]*|E)$/;

/**
 * Check of a body, part by part, for what a sink would do that reads it as records.
 * A sink takes a line in pieces of at most 2,047 bytes (scp.c, `sink()`: `buf`).
 *
 * OpenSSH's sink ends at the first piece that is no whole record, an empty one
 * included; a `C`, `D` or `T` that does not parse ends it just as well. So the first
 * piece alone decides: it does harm if it begins with `E`, which leaves a directory,
 * with `\1` or `\2`, or if it parses. dropbear and the BSDs run the same code. No
 * sink is known that skips such pieces and goes on with the next one. In case there
 * is one, no later piece may be a record either.
 *
 * The `\0` behind a body ends a record, so that an unfinished line counts as one. A
 * piece that begins with that `\0` is none, and the records behind it are
 * themselves, as long as no name holds another one: see `holdsRecord`.
 */
export class SpeculationCheck {
  /** Bytes of the current piece that went by. */
  #at = 0;
  #isFirst = true;

  /**
   * Checks the next part of a body, in linear time.
   *
   * @returns Number of its bytes that do no harm; where it is less than the part's
   * length, nothing more may leave before the record is acknowledged.
   */
  pass(part: Uint8Array, { isLast }: { isLast: boolean }): number {
    let newline = part.indexOf(NEWLINE);
    for (let at = 0; at < part.length;) {
      if (this.#at === 0) {
        const mayBegin = FIRST_BYTES.has(part[at]);
        if (mayBegin && !this.#isHarmless(part.subarray(at), isLast)) return at;
        this.#isFirst = false;
      }
      if (newline !== -1 && newline < at) newline = part.indexOf(NEWLINE, at);
      const lineEnd = newline === -1 ? part.length : newline + 1;
      const pieceEnd = at + MAX_RECORD_BYTES - this.#at;
      const end = Math.min(lineEnd, pieceEnd);
      const isOver = end === pieceEnd || newline !== -1;
      this.#at = isOver ? 0 : this.#at + end - at;
      at = end;
    }
    return part.length;
  }

  /** @param rest Rest of the part, from the start of a piece on. */
  #isHarmless(rest: Uint8Array, isLast: boolean): boolean {
    const start = rest.subarray(0, TELLING_BYTES);
    const [first] = start;
    const piece = String.fromCharCode(...start);
    const [line] = piece.split("\n", 1) as [string];
    const isWhole = isLast || start.length === TELLING_BYTES ||
      line.length < piece.length;
    if (!isWhole && BEGUN.test(piece)) return false;
    if (this.#isFirst && FIRST_EFFECTS.has(first)) return false;
    return !RECORD.test(`${line}\n`);
  }
}

/** Tells if a body does no harm where a sink reads it as records. */
export function isSafeToSpeculate(body: Uint8Array): boolean {
  return new SpeculationCheck().pass(body, { isLast: true }) === body.length;
}

/** Tells if a body does no harm where a sink reads its start as records. */
export function startsHarmlessly(body: Uint8Array): boolean {
  const start = body.subarray(0, TELLING_BYTES);
  const isLast = start.length === body.length;
  return body.length === 0 ||
    new SpeculationCheck().pass(start, { isLast }) > 0;
}

/**
 * Tells a name that holds what a sink would take for a record where a piece began
 * in it: behind an unfinished line that may be anywhere.
 */
export function holdsRecord(name: string): boolean {
  return /[CD][0-7]{4} \d|T\d+ \d|E\s/.test(name);
}
