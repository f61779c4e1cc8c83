import { assertEquals } from "@std/assert";
import { closestTo } from "../../../lib/options/closest.ts";

/** Typed text, and the word that it is closest to. */
const ROWS: readonly (readonly [string, string | undefined])[] = [
  ["help", "help"],
  ["halp", "help"],
  ["hlep", "help"],
  ["elp", "help"],
  ["helpp", "help"],
  ["verison", "version"],
  ["vers", "version"],
  ["lock", "lockstep"],
  ["loc", undefined],
  ["recursive", undefined],
  ["h", undefined],
  ["", undefined],
];

Deno.test("closestTo(): gives the word with the fewest edits, half of its letters at most", () => {
  for (const [typed, word] of ROWS) {
    assertEquals(
      closestTo(typed, ["lockstep", "help", "version"]),
      word,
      typed,
    );
  }
});

Deno.test("closestTo(): gives nothing where there are no words", () => {
  assertEquals(closestTo("help", []), undefined);
});
