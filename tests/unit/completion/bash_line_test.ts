import { assertEquals } from "@std/assert";
import { readBashLine } from "../../../lib/completion/bash_line.ts";

/** A line, what bash has replaced of it, its words, a candidate, what is put. */
const ROWS: readonly (readonly [
  string,
  string,
  string[],
  string,
  string | undefined,
])[] = [
  ["seacp ho", "ho", ["ho"], "host:", "host:"],
  ["seacp ", "", [""], "host:", "host:"],
  ["seacp host:a", "a", ["host:a"], "host:a b", "a\\ b"],
  ["seacp host:", "", ["host:"], "host:~a", "\\~a"],
  ["seacp bob@ho", "ho", ["bob@ho"], "bob@host:", "host:"],
  ["seacp 'host:a", "host:a", ["host:a"], "host:a'b", "host:a'\\''b'"],
  ["seacp 'host:a", "host:a", ["host:a"], "host:a'", "host:a'\\'''"],
  ['seacp "host:a', "host:a", ["host:a"], 'host:a"$b', 'host:a\\"\\$b"'],
  ['seacp host:"a', "a", ["host:a"], "host:a!b", `a"\\!"b"`],
  ["seacp $'host:a", "host:a", ["host:a"], "host:a'\\", "host:a\\'\\\\'"],
  ["seacp host:'a b'/", "'a b'/", ["host:a b/"], "host:a b/c d", "'a b'/c\\ d"],
  ['seacp "host:a/"', '"host:a/"', ["host:a/"], "host:a/b", '"host:a/"b'],
  ["seacp host:a\\", "a\\", ["host:a"], "host:a b", "a\\ b"],
  ["seacp -oUs", "-oUs", ["-oUs"], "-oUser=", "-oUser="],
  ["seacp a > f ho", "ho", ["a", "ho"], "host:", "host:"],
  ["./a\\ b/seacp ho", "ho", ["ho"], "host:", "host:"],
  ["seacp é 名", "名", ["é", "名"], "名前", "名前"],
  ["seacp ho", "ho", ["ho"], "other:", undefined],
];

Deno.test("readBashLine(): gives the words and puts candidates in their place", () => {
  for (const [text, replaced, words, candidate, expected] of ROWS) {
    const line = readBashLine({ text, replaced })!;
    assertEquals(
      [line.words, line.replacement(candidate, true)],
      [words, expected],
      text,
    );
  }
});

Deno.test("readBashLine(): leaves quotes open where a word goes on", () => {
  const line = readBashLine({ text: "seacp 'h:a", replaced: "h:a" })!;
  assertEquals(line.replacement("h:a b/", false), "h:a b/");
});

Deno.test("readBashLine(): gives nothing where the cursor is at no word of the command", () => {
  const rows = [
    ["", ""],
    ["sea", "sea"],
    ["seacp > f", "f"],
    ["seacp $(a", "a"],
    ["seacp `a", "a"],
    ["seacp host:a", "elsewhere"],
  ] as const;
  for (const [text, replaced] of rows) {
    assertEquals(readBashLine({ text, replaced }), undefined, text);
  }
});
