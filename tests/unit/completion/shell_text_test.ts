import { assertEquals } from "@std/assert";
import {
  BASH,
  closingQuote,
  fishValue,
  quotedFor,
  type Quoting,
  readShellText,
  REMOTE_SHELL,
  valueOf,
} from "../../../lib/completion/shell_text.ts";
import { ODD_NAMES } from "../../support/fixtures/odd_names.ts";

/** A text, its words in bash, and how it goes on. */
const ROWS: readonly (readonly [string, string[], string])[] = [
  ["", [""], ""],
  ["a", ["a"], ""],
  ["a ", ["a", ""], ""],
  [" a\tb", ["a", "b"], ""],
  ["a'b c", ["ab c"], "'"],
  ["a'b c'd", ["ab cd"], ""],
  [`a"b c`, ["ab c"], '"'],
  [`"a\\"b\\$c\\d`, ['a"b$c\\d'], '"'],
  ["'a\\b", ["a\\b"], "'"],
  ["a\\ b", ["a b"], ""],
  ["a\\", ["a"], "\\"],
  [`"a\\`, ["a"], '"\\'],
  ["$'a\\'b", ["a'b"], "$'"],
  ["$'a\\n", ["a\\n"], "$'"],
  ["$'a'b", ["ab"], ""],
  [`''`, [""], ""],
  [`'' `, ["", ""], ""],
  ["a; b c", ["b", "c"], ""],
  ["a && b", ["b"], ""],
  ["a | b", ["b"], ""],
  ["a\nb", ["b"], ""],
  ["a 2>&1 b", ["a", "[1]", "b"], ""],
  ["a > f b", ["a", "[f]", "b"], ""],
  ["a >f", ["a", "[f]"], ""],
  ["a &> f", ["a", "[f]"], ""],
  ["a <", ["a", "[]"], ""],
  ["a$(b c)d", ["a$d"], ""],
  ["a$((1 + (2)))d e", ["a$d", "e"], ""],
  ["a`b c`d", ["a`d"], ""],
  ["$HOME/x", ["$HOME/x"], ""],
  ["'$(' b", ["$(", "b"], ""],
];

Deno.test("readShellText(): reads a command line of bash up to its end", () => {
  for (const [text, words, state] of ROWS) {
    const read = readShellText(text, BASH)!;
    assertEquals(
      [
        read.words.map((word) =>
          word.isRedirected ? `[${valueOf(word)}]` : valueOf(word)
        ),
        read.quoting + (read.isEscaping ? "\\" : ""),
      ],
      [words, state],
      JSON.stringify(text),
    );
  }
});

Deno.test("readShellText(): gives nothing inside a command substitution", () => {
  for (const text of ["a$(b", 'a"$(b', "a`b", "$(a $(b)", '"`'] as const) {
    assertEquals(readShellText(text, BASH), undefined, text);
  }
});

Deno.test("readShellText(): knows no operators and no $' in a remote shell's path", () => {
  const [first, second] = readShellText("a;b>c $'d'", REMOTE_SHELL)!.words;
  assertEquals([valueOf(first!), valueOf(second!)], ["a;b>c", "$d"]);
});

const QUOTINGS: readonly (readonly [string, Quoting])[] = [
  ["", ""],
  ["'", "'"],
  ['"', '"'],
  ["$'", "$'"],
];

Deno.test("quotedFor(): goes on with any name, whatever quotes are open", () => {
  for (const name of ODD_NAMES) {
    for (const [open, quoting] of QUOTINGS) {
      for (const before of ["", "host:", "x/"]) {
        const typed = open + before + quotedFor(quoting, name) +
          closingQuote(quoting);
        const read = readShellText(`seacp ${typed}`, BASH)!;
        assertEquals(
          [read.words.map(valueOf), read.quoting],
          [["seacp", before + name], ""],
          typed,
        );
      }
    }
  }
});

Deno.test("fishValue(): removes quotes as fish does, open ones too", () => {
  const rows = [
    ["", ""],
    ["host:a", "host:a"],
    ["a\\ b\\'", "a b'"],
    ["'a b", "a b"],
    ["'a\\'b\\\\c\\d'", "a'b\\c\\d"],
    ['"a\\"b\\$c\\d', 'a"b$c\\d'],
    [`a'b'"c"d`, "abcd"],
    ["a\\", "a"],
    ["$x/é", "$x/é"],
  ] as const;
  for (const [token, value] of rows) {
    assertEquals(fishValue(token), value, token);
  }
});
