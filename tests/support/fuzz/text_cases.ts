/** Bytes of any kind, as names and as text for a terminal. */

import { assert, assertEquals } from "@std/assert";
import { decodeName, encodeName } from "../../../lib/names/name_bytes.ts";
import { printable, quotedBytes } from "../../../lib/names/printable.ts";
import { StderrText } from "../../../lib/ssh/stderr_text.ts";
import { decodeSlowly } from "../fixtures/slow_names.ts";
import { bytesOf, literal, textOf } from "./byte_text.ts";
import type { FuzzCase } from "./fuzz_case.ts";
import type { Random } from "./random.ts";

/** Characters that may reach a terminal only as an escape. */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/u;

/** Bytes that are, begin, cut or come near to a character of UTF-8. */
const PIECES: readonly string[] = [
  ...["a", "\n", "\r", "\r\n", "\x1b[2J", "\0", "\x7f", "scp: not found\n"],
  ...["\xc3\xa9", "\xe6\xbc\xa2", "\xf0\x9f\x98\x80", "\xef\xbb\xbf"],
  ...["\xc3", "\xe6\xbc", "\xf0\x9f\x98", "\xf0\x9f", "\xf0", "\xe0", "\xed"],
  ...["\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xe0\xa0\x80"],
  ...["\xed\x9f\xbf", "\xed\xa0\x80", "\xed\xb3\xbf", "\xee\x80\x80"],
  ...["\xf0\x8f\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"],
  ...["\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80"],
  ...["\xff", "\xfe", "\x80", "\xbf", "\xc2\x9b", "\xe2\x80\xae"],
];

/** Makes a text that is decoded, escaped, and read as a standard error. */
export function textCase(random: Random): FuzzCase {
  const text = Array.from(
    { length: random.below(30) },
    () => random.chance(80) ? random.pick(PIECES) : random.bytes(1),
  ).join("").repeat(random.chance(3) ? random.below(40) : 1);
  const cuts = Array.from({ length: 3 }, () => random.below(text.length + 1));
  return {
    described: `text ${literal(text)} cut at ${cuts}`,
    run: async () => {
      const bytes = bytesOf(text);
      const name = decodeName(bytes);
      assertEquals(name, decodeSlowly(bytes));
      assertEquals(textOf(encodeName(name)), text);
      assert(!UNPRINTABLE.test(printable(name)));
      assert(quotedBytes(bytes).length <= 243);
      assertEquals(heard(bytes, cuts), text);
    },
  };
}

/** Checks the text of a standard error that comes in parts. */
function heard(bytes: Uint8Array, cuts: readonly number[]): string {
  let said = "";
  const errors = new StderrText((text) => {
    said += textOf(encodeName(text));
  });
  // What is held comes later than it came.
  errors.showHeld();
  const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
  for (const [at, end] of ends.entries()) {
    errors.take(bytes.subarray(ends[at - 1] ?? 0, end));
  }
  errors.end();
  assert(errors.lines.every((line) => line.length <= 2048));
  return said;
}
