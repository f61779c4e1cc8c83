import { assertEquals } from "@std/assert";
import { shellWords } from "../../../lib/names/shell_word.ts";

/** Each word's text, and below each character `q` where it is quoted. */
function describe(text: string): (readonly [text: string, quoted: string])[] {
  return shellWords(text).map((word) =>
    [
      word.map(({ char }) => char).join(""),
      word.map(({ quoted }) => quoted ? "q" : "-").join(""),
    ] as const
  );
}

Deno.test("shellWords(): splits on blanks and remembers what was quoted", () => {
  const rows: readonly (readonly [
    string,
    readonly (readonly [text: string, quoted: string])[],
  ])[] = [
    ["", []],
    [" \t\n ", []],
    ["a", [["a", "-"]]],
    [" a  b\tc\nd ", [["a", "-"], ["b", "-"], ["c", "-"], ["d", "-"]]],
    ["a\\ b", [["a b", "-q-"]]],
    ["'a b'", [["a b", "qqq"]]],
    ['"a b"', [["a b", "qqq"]]],
    ["a'b'c", [["abc", "-q-"]]],
    ["''", [["", ""]]],
    [`a"" ''`, [["a", "-"], ["", ""]]],
    ["\\*\\?", [["*?", "qq"]]],
    ["'*'*", [["**", "q-"]]],
    // In single quotes nothing has a meaning.
    [`'a\\b$c"'`, [['a\\b$c"', "qqqqqq"]]],
    // In double quotes a backslash has one before some characters only.
    ['"a\\b"', [["a\\b", "qqq"]]],
    ['"\\$\\`\\"\\\\"', [['$`"\\', "qqqq"]]],
    // In double quotes the shell still expands.
    ['"a$b"', [["a$b", "q-q"]]],
    [`"it's"`, [["it's", "qqqq"]]],
    ["😀 é", [["😀", "-"], ["é", "-"]]],
    // Unfinished.
    ["a\\", [["a\\", "--"]]],
    ["'a b", [["a b", "qqq"]]],
  ];
  for (const [text, expected] of rows) {
    assertEquals(describe(text), expected, text);
  }
});
