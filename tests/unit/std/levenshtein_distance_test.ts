import { assertEquals } from "@std/assert";
import { levenshteinDistance } from "@std/text/levenshtein-distance";

const ROWS: readonly (readonly [one: string, other: string, edits: number])[] =
  [
    ["", "", 0],
    ["", "abc", 3],
    ["abc", "", 3],
    ["abc", "abc", 0],
    ["kitten", "sitting", 3],
    ["--verison", "--version", 2],
    ["--halp", "--help", 1],
    ["flaw", "lawn", 2],
    ["é", "e", 1],
    ["😀a", "a", 1],
  ];

for (const [one, other, edits] of ROWS) {
  Deno.test(`levenshteinDistance(): counts ${edits} between ${JSON.stringify(one)} and ${JSON.stringify(other)}`, () => {
    assertEquals(levenshteinDistance(one, other), edits);
    assertEquals(levenshteinDistance(other, one), edits);
  });
}
