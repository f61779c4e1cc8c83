import { assert, assertEquals } from "@std/assert";
import { expandBraces } from "../../../lib/names/braces.ts";
import { shellWords } from "../../../lib/names/shell_word.ts";

/** Gives the expansion of a word, sorted: the order is not in the contract. */
function expand(text: string): string[] {
  return shellWords(text).flatMap(expandBraces)
    .map((word) => word.map(({ char }) => char).join("")).toSorted();
}

function assertRows(rows: readonly (readonly [string, string[]])[]): void {
  for (const [text, expected] of rows) {
    assertEquals(expand(text), expected.toSorted(), text);
  }
}

// Every row is what bash makes of it.

Deno.test("expandBraces(): makes a word of each choice", () => {
  assertRows([
    ["a{b,c}d", ["abd", "acd"]],
    ["{a,b}{1,2}", ["a1", "a2", "b1", "b2"]],
    ["{a,b{c,d}e}f", ["af", "bcef", "bdef"]],
    ["{{a,b},c}", ["a", "b", "c"]],
    ["x{,.bak}", ["x", "x.bak"]],
    ["a{b/,c}", ["ab/", "ac"]],
    ["{1..3,x}", ["1..3", "x"]],
    ["{😀,é}", ["😀", "é"]],
  ]);
});

Deno.test("expandBraces(): keeps braces that offer no choice", () => {
  assertRows([
    ["abc", ["abc"]],
    ["{}", ["{}"]],
    ["{x}", ["{x}"]],
    ["a,b", ["a,b"]],
    ["{a", ["{a"]],
    ["a}", ["a}"]],
    ["{a{b,c}", ["{ab", "{ac"]],
    ["{a,b}}", ["a}", "b}"]],
    ["{1..a}", ["{1..a}"]],
    ["{1..}", ["{1..}"]],
    ["{..2}", ["{..2}"]],
    ["{ab..c}", ["{ab..c}"]],
  ]);
});

Deno.test("expandBraces(): takes quoted braces and commas literally", () => {
  assertRows([
    ["\\{a,b}", ["{a,b}"]],
    ["{a,b\\}", ["{a,b}"]],
    ["{a\\,b}", ["{a,b}"]],
    ["{a\\,b,c}", ["a,b", "c"]],
    ["{'a,b',c}", ["a,b", "c"]],
    ["'{a,b}'", ["{a,b}"]],
    ['"{a,b}"', ["{a,b}"]],
    ['{"1"..3}', ["{1..3}"]],
  ]);
});

Deno.test("expandBraces(): counts through a range", () => {
  assertRows([
    ["{1..3}", ["1", "2", "3"]],
    ["{10..8}", ["10", "9", "8"]],
    ["{08..11}", ["08", "09", "10", "11"]],
    ["{1..02}", ["01", "02"]],
    ["{-01..2}", ["-01", "000", "001", "002"]],
    ["{001..-2}", ["001", "000", "-01", "-02"]],
    ["{-3..3..3}", ["-3", "0", "3"]],
    ["{5..1..2}", ["5", "3", "1"]],
    ["{1..5..-2}", ["1", "3", "5"]],
    ["{1..3..0}", ["1", "2", "3"]],
    ["{a..e..2}", ["a", "c", "e"]],
    ["{c..a}", ["c", "b", "a"]],
    ["f{1..2}{a..b}", ["f1a", "f1b", "f2a", "f2b"]],
  ]);
});

Deno.test("expandBraces(): takes a range of one for its one word", () => {
  assertRows([
    ["{1..1}", ["1"]],
    ["{0..0}x", ["0x"]],
    ["{a..a}", ["a"]],
    ["{1..2..5}", ["1"]],
  ]);
});

Deno.test("expandBraces(): stops at more words than anybody types", () => {
  assertEquals(expand("{1..99999999}"), ["{1..99999999}"]);
  for (
    const text of [
      "{1..999}{1..999}{1..999}",
      "{a,b}".repeat(40),
      "{1..9999}{a,b}{a,b}",
    ]
  ) {
    const { length } = expand(text);
    assert(length > 1 && length <= 20_000, `${text}: ${length}`);
  }
});
