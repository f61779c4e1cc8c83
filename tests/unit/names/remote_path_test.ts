import { assert, assertEquals } from "@std/assert";
import {
  homeIn,
  isDotPath,
  isPattern,
  isPlainPath,
  lastName,
  literalWord,
  mayBePattern,
  nameInPath,
  sourceWord,
  withSlashes,
} from "../../../lib/names/remote_path.ts";
import { quotedForShell } from "../../../lib/names/shell_quoting.ts";
import { textOf, type Word } from "../../../lib/names/shell_word.ts";

/** Characters of a word, each quoted one behind a `'`. */
function shown(word: Word): string {
  return word.map(({ char, quoted }) => quoted ? `'${char}` : char).join("");
}

/** Paths, their home directory, the name at their end, and the name they give. */
const PATHS: readonly (readonly [
  path: string,
  home: string,
  last: string,
  name: string,
])[] = [
  ["", "", "", ""],
  [".", "", "", ""],
  ["..", "", "", ""],
  ["./", "", "", ""],
  ["..//", "", "", ""],
  ["/", "", "", ""],
  ["///", "", "", ""],
  ["d/.", "", "", ""],
  ["d/..", "", "", ""],
  ["d/../", "", "", ""],
  ["...", "", "...", "..."],
  [".x", "", ".x", ".x"],
  ["f", "", "f", "f"],
  ["/f", "", "f", "f"],
  ["//f//", "", "f", "f"],
  ["d/f", "", "f", "f"],
  ["d/d", "", "d", "d"],
  ["d/ ", "", " ", " "],
  ["~", "~", "~", ""],
  ["~/", "~", "~", ""],
  ["~//", "~", "~", ""],
  ["~/.", "~", "", ""],
  ["~/f", "~", "f", "f"],
  ["~bob", "~bob", "~bob", "bob"],
  ["~bob/", "~bob", "~bob", "bob"],
  ["~_a.b-c/f", "~_a.b-c", "f", "f"],
  ["~bob/..", "~bob", "", ""],
  ["~/~", "~", "~", "~"],
  ["~/~/", "~", "~", "~"],
  ["~bob/~bob", "~bob", "~bob", "~bob"],
  ["~bob/~", "~bob", "~", "~"],
  ["./~", "", "~", "~"],
  ["d/~bob", "", "~bob", "~bob"],
  ["/~", "", "~", "~"],
  ["a~", "", "a~", "a~"],
  ["~~", "", "~~", "~~"],
  ["~a b", "", "~a b", "~a b"],
  ["~*", "", "~*", "~*"],
  ["~1", "", "~1", "~1"],
  ["~+", "", "~+", "~+"],
  ["~-", "", "~-", "~-"],
  ["\\~", "", "\\~", "\\~"],
  ["'~'", "", "'~'", "'~'"],
];

for (const [path, home, last, name] of PATHS) {
  Deno.test(`homeIn(), lastName() and nameInPath(): read ${JSON.stringify(path)}`, () => {
    assertEquals(homeIn(path), home);
    assertEquals(lastName(path), last);
    assertEquals(nameInPath(path), name);
    assertEquals(isDotPath(path), name === "");
  });
}

const PLAIN: readonly string[] = [
  "",
  "f",
  "/srv/www",
  "a.b_c+d,e:f@g=h-i",
  "-f",
  "0",
  "é",
  "日本語",
  "~",
  "~/f",
  "~bob/f",
];

const NOT_PLAIN: readonly string[] = [
  "a b",
  "a\tb",
  "a\nb",
  "a\rb",
  "a\0b",
  ..."'\"\\$`;&|<>()*?[]{}!#^~".split("").map((char) => `a${char}b`),
  ..."'\"\\$`;&|<>()*?[]{}!#^=%".split("").map((char) => `${char}b`),
  "~a b",
  "~/a b",
  "~1",
  "~+",
  "~bob$x",
  "a/~",
  "a=~",
  "a:~bob",
  "e\u0301",
  "\u00a0",
  "\u2028",
  "\udcff",
  "\x7f",
  "a\u200bb",
];

for (const path of PLAIN) {
  Deno.test(`isPlainPath(): tells that every remote shell takes ${JSON.stringify(path)} for itself`, () => {
    assert(isPlainPath(path));
    assertEquals(quotedForShell(literalWord(path)), path);
  });
}

for (const path of NOT_PLAIN) {
  Deno.test(`isPlainPath(): tells that a remote shell may expand ${JSON.stringify(path)}`, () => {
    assert(!isPlainPath(path));
  });
}

const SOURCES: readonly (readonly [
  path: string,
  word: string,
  isPattern: boolean,
  mayBePattern: boolean,
])[] = [
  ["", "", false, false],
  ["a b", "a b", false, false],
  ["'a'", "'a'", false, false],
  ["*", "*", true, true],
  ["a?", "a?", true, true],
  ["[a]", "[a]", true, true],
  ["]", "]", false, false],
  ["{a,b}", "{a,b}", false, false],
  ["$x", "$x", false, false],
  ["\\*", "'*", false, true],
  ["\\**", "'**", true, true],
  ["\\\\*", "'\\*", true, true],
  ["\\a", "'a", false, true],
  ["a\\", "a\\", false, true],
  ["\\", "\\", false, true],
  ["\\\\", "'\\", false, true],
  ["\\~/f", "'~/f", false, true],
  ["\\\u{1f600}x", "'\u{1f600}x", false, true],
];

for (const [path, word, isOne, mayBe] of SOURCES) {
  Deno.test(`sourceWord(): makes ${isOne ? "a" : "no"} pattern of ${JSON.stringify(path)}`, () => {
    assertEquals(shown(sourceWord(path)), word);
    assertEquals(isPattern(sourceWord(path)), isOne);
    assertEquals(mayBePattern(path), mayBe);
  });
}

Deno.test("literalWord(): takes characters literally, but for a leading home directory", () => {
  for (
    const [path, word] of [
      ["", ""],
      ["*", "'*"],
      ["\\*", "'\\'*"],
      ["~", "~"],
      ["~/~", "~'/'~"],
      ["~ab/*", "~ab'/'*"],
      ["~*", "'~'*"],
      ["./~", "'.'/'~"],
      ["\u{1f600}", "'\u{1f600}"],
    ] as const
  ) {
    assertEquals(shown(literalWord(path)), word, path);
    assertEquals(textOf(literalWord(path)), path);
    assertEquals(isPattern(literalWord(path)), false);
  }
});

Deno.test("remote_path.ts: reads 250,000 slashes, dots, escapes or tildes in linear time", () => {
  const MANY = 250_000;
  // A square of that would be minutes, on a machine that is busy, too.
  const LIMIT_MILLISECONDS = 5000;
  for (const part of ["/", "./", "../", "\\", "~", "~/", "*", "a/", "[", " "]) {
    for (const end of ["", "x", "\n"]) {
      const path = part.repeat(MANY / part.length) + end;
      const began = performance.now();
      isPlainPath(path);
      isDotPath(path);
      nameInPath(path);
      lastName(path);
      homeIn(path);
      mayBePattern(path);
      isPattern(sourceWord(path));
      literalWord(path);
      if (end !== "\n") {
        quotedForShell(sourceWord(path));
        quotedForShell(literalWord(path));
      }
      assert(
        performance.now() - began < LIMIT_MILLISECONDS,
        JSON.stringify([part, end]),
      );
    }
  }
});

Deno.test("withSlashes(): takes a backslash for a separator on Windows alone", () => {
  assertEquals(withSlashes("a\\b/c", { platform: "windows" }), "a/b/c");
  assertEquals(withSlashes("a\\b/c", { platform: "posix" }), "a\\b/c");
});
