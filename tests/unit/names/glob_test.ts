import { assert, assertEquals } from "@std/assert";
import { matchesGlob } from "../../../lib/names/glob.ts";
import { shellWords } from "../../../lib/names/shell_word.ts";

function matches(pattern: string, name: string): boolean {
  return matchesGlob(shellWords(pattern)[0] ?? [], name);
}

const rows: readonly (readonly [
  pattern: string,
  matching: readonly string[],
  other: readonly string[],
])[] = [
  ["a", ["a"], ["", "b", "aa", "A"]],
  ["*", ["", "a", ".bashrc", "*", "a b", "漢"], []],
  ["*.txt", [".txt", "a.txt", "a.txt.txt"], ["a.txt~", "atxt", "a.TXT"]],
  ["a*b*c", ["abc", "aXbXc", "abcbc"], ["ab", "acb", "abcd", "xabc"]],
  ["**", ["", "a"], []],
  ["?", ["a", ".", "漢", "😀", "\udcff"], ["", "ab"]],
  ["a?c", ["abc", "a.c", "a😀c"], ["ac", "abbc"]],
  ["*?", ["a", "ab"], [""]],
  ["[abc]", ["a", "b", "c"], ["", "d", "ab", "[abc]"]],
  ["[a-c]x", ["ax", "bx", "cx"], ["dx", "-x", "x"]],
  ["[!a-c]", ["d", "-", "!"], ["a", "b", "", "dd"]],
  ["[^a]", ["b", "^"], ["a"]],
  ["[]a]", ["]", "a"], ["[", "]a]"]],
  ["[!]a]", ["b"], ["]", "a"]],
  ["[a-]", ["a", "-"], ["b"]],
  ["[-a]", ["a", "-"], ["b"]],
  ["[c-a]", [], ["a", "b", "c", "-"]],
  ["[é-ê]", ["é", "ê"], ["e"]],
  ["[😀]", ["😀"], ["\ud83d", "\ude00"]],
  ["[a!]", ["a", "!"], ["b"]],
  ["[[:digit:]]*", ["1", "1a"], ["a", "", "٣"]],
  ["[[:alpha:]_]", ["a", "Z", "_", "é"], ["1", ":", "["]],
  ["[![:space:]]", ["a"], [" ", "\t"]],
  ["[[:upper:][:digit:]]", ["A", "1"], ["a"]],
  ["[[:xdigit:]]", ["f", "0"], ["g"]],
  ["[", ["["], ["a", ""]],
  ["[a", ["[a"], ["a"]],
  ["[a-", ["[a-"], ["a"]],
  ["a]", ["a]"], ["a"]],
  // Quoted characters are literal.
  ["\\*", ["*"], ["a", ""]],
  ["'*'.txt", ["*.txt"], ["a.txt"]],
  ['"?"', ["?"], ["a"]],
  ["\\[a]", ["[a]"], ["a"]],
  ["[\\]a]", ["]", "a"], ["b", "]a]"]],
  ["[a\\-c]", ["a", "-", "c"], ["b"]],
  ["[\\!a]", ["!", "a"], ["b"]],
];

Deno.test("matchesGlob(): matches whole names as fnmatch(3) without flags", () => {
  for (const [pattern, matching, other] of rows) {
    for (const name of matching) {
      assert(matches(pattern, name), `${pattern} should match ${name}`);
    }
    for (const name of other) {
      assert(!matches(pattern, name), `${pattern} should not match ${name}`);
    }
  }
});

Deno.test("matchesGlob(): copes with many stars and a long name", () => {
  const pattern = "*a".repeat(100);
  assertEquals(matches(pattern, "a".repeat(5000) + "b"), false);
  assertEquals(matches(pattern, "a".repeat(5000)), true);
});
