import { assertEquals } from "@std/assert";
import { keyOf, nameKeyOf } from "../../../lib/names/name_key.ts";

Deno.test("keyOf() is the same for paths that some disk takes for the same", () => {
  for (
    const [one, other] of [
      ["D/Caf\u00e9", "d/cafe\u0301"],
      ["\u00c4", "a\u0308"],
      ["Stra\u00dfe", "STRASSE"],
      ["\u03a3\u03a3", "\u03c3\u03c2"],
      ["a\u017f", "as"],
      ["x\u200by\u00ad", "xy"],
    ] as const
  ) {
    assertEquals(keyOf(one), keyOf(other));
  }
});

Deno.test("keyOf() is another one for every other path", () => {
  const keys = ["d/a", "d/b", "d", "d/", "e/a", "d/\udce9", "d/\udcea", "d/a."];
  assertEquals(new Set(keys.map(keyOf)).size, keys.length);
});

Deno.test("nameKeyOf() passes over the dots and blanks at a name's end", () => {
  for (const name of ["A", "a.", "a ", "a. ."]) {
    assertEquals(nameKeyOf(name), "a");
  }
  const keys = [".", "..", "...", ".a", "a.b", " a", " "].map(nameKeyOf);
  assertEquals(new Set(keys).size, keys.length);
});
