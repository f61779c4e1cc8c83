import { assert, assertEquals, assertThrows } from "@std/assert";
import type { CopyOptions } from "../../../lib/options/copy_options.ts";
import {
  ackPolicyFor,
  sourceTexts,
  targetText,
  topRules,
} from "../../../lib/routes/request.ts";
import { EntryError } from "../../../lib/errors.ts";
import type { AckPolicy } from "../../../lib/scp/replies.ts";

const OPTIONS: CopyOptions = {
  recursive: false,
  preserve: false,
  checkNames: true,
  targetIsDirectory: false,
  throughHere: false,
  verbose: false,
  sftpTuning: {},
  lockstep: false,
  ssh: { program: "ssh", flags: [] },
};

/** The same with `-O`: the remote shell reads the path. */
const OLD: CopyOptions = { ...OPTIONS, protocol: "scp" };

/** Paths, and their texts for the shell: of a target, and of each try. */
const TEXTS: readonly (readonly [
  path: string,
  target: string,
  ...sources: readonly string[],
])[] = [
  ["", "", ""],
  ["f", "f", "f"],
  ["/d/f", "/d/f", "/d/f"],
  ["-f", "-f", "-f"],
  ["é", "é", "é"],
  ["~", "~", "~"],
  ["~/f", "~/f", "~/f"],
  ["~bob/f", "~bob/f", "~bob/f"],
  ["~/a b", "~'/a b'", "~'/a b'"],
  ["a b", "'a b'", "'a b'"],
  ["a;b", "'a;b'", "'a;b'"],
  ["$(id)", "'$(id)'", "'$(id)'"],
  ["{a,b}", "'{a,b}'", "'{a,b}'"],
  ["it's", "it\\'s", "it\\'s"],
  ["a!", "a\\!", "a\\!"],
  ["=a", "'=a'", "'=a'"],
  ["%a", "'%a'", "'%a'"],
  ["d/~", "'d/~'", "'d/~'"],
  ["*", "'*'", "'*'", "*"],
  ["*.txt", "'*.txt'", "'*.txt'", "*.txt"],
  ["a b*", "'a b*'", "'a b*'", "'a b'*"],
  ["~/*", "~'/*'", "~'/*'", "~/*"],
  ["~*", "'~*'", "'~*'", "'~'*"],
  ["[a-c]?", "'[a-c]?'", "'[a-c]?'", "[a-c]?"],
  ["\\*", "\\\\'*'", "\\\\'*'", "'*'"],
  ["a\\ b", "a\\\\' b'", "a\\\\' b'", "'a b'"],
  ["\\~", "\\\\'~'", "\\\\'~'", "'~'"],
  ["a\\", "a\\\\", "a\\\\"],
];

for (const [path, target, ...sources] of TEXTS) {
  Deno.test(`The shell is given ${JSON.stringify(path)} quoted, a target as no pattern, a source first as it is written`, () => {
    assertEquals(targetText(path, OPTIONS), target);
    assertEquals([...sourceTexts(path, OPTIONS)], sources);
  });

  Deno.test(`With -O the shell is given ${JSON.stringify(path)} as it was typed`, () => {
    assertEquals(targetText(path, OLD), path);
    assertEquals([...sourceTexts(path, OLD)], [path]);
  });
}

Deno.test("A line break is refused where no shell could be given it, and is -O's own matter", () => {
  for (const path of ["a\nb", "a\rb", "*\n"]) {
    assertThrows(() => targetText(path, OPTIONS), EntryError, "line break");
    assertThrows(() => sourceTexts(path, OPTIONS), EntryError, "line break");
    assertEquals(targetText(path, OLD), path);
    assertEquals([...sourceTexts(path, OLD)], [path]);
  }
});

/** Paths of directories without a name of their own, over either reading. */
const DOT_PATHS = ["", ".", "./", "..", "d/.", "d/..", "/", "//", "~", "~/"];

Deno.test("topRules() has a path without a name bring its content, whatever that is called", () => {
  for (const options of [OPTIONS, OLD]) {
    for (const path of DOT_PATHS) {
      const rules = topRules({ kind: "remote", host: "far", path }, options);
      assertEquals([rules.top, rules.topName], ["content", undefined], path);
      assertEquals(rules.objectionTo("anything"), undefined);
      assertEquals(rules.warnsOfEncoded, options === OPTIONS);
    }
  }
});

Deno.test("topRules() names what it objects to, and objects to nothing with -T", () => {
  for (const options of [OPTIONS, OLD]) {
    const location = { kind: "remote", host: "far", path: "d/f" } as const;
    const rules = topRules(location, options);
    assertEquals([rules.top, rules.topName], ["named", undefined]);
    assertEquals(rules.objectionTo("f"), undefined);
    assertEquals(
      rules.objectionTo(".bashrc"),
      "far sent .bashrc for d/f: -T takes any name",
    );
    const any = topRules(location, { ...options, checkNames: false });
    assertEquals(any.top, "named");
    assertEquals(any.objectionTo(".bashrc"), undefined);
  }
});

const TOP_NAMES: readonly (readonly [path: string, topName?: string])[] = [
  ["~bob", "bob"],
  ["~bob/", "bob"],
  ["~bob//", "bob"],
  ["~bob/f"],
  ["~/f"],
  ["./~bob"],
  ["\\~bob"],
  ["~*"],
  ["~b?b"],
  ["~a b"],
  ["bob"],
];

for (const [path, topName] of TOP_NAMES) {
  Deno.test(`topRules() gives what comes for ${path} ${topName ?? "no other name"}`, () => {
    const location = { kind: "remote", host: "far", path } as const;
    assertEquals(topRules(location, OPTIONS).topName, topName);
    assertEquals(topRules(location, OLD).topName, undefined);
  });
}

Deno.test("topRules() lets a pattern be answered by no hidden name", () => {
  for (const options of [OPTIONS, OLD]) {
    const location = { kind: "remote", host: "far", path: "d/*" } as const;
    const { objectionTo } = topRules(location, options);
    assertEquals(objectionTo("a"), undefined);
    assert(objectionTo(".bashrc") !== undefined);
  }
});

/** Requests that a remote shell makes one word of, and no names of others. */
const ONE_ENTRY: readonly string[] = [
  "",
  "d",
  "/srv/www",
  "~",
  "~user/d",
  "a.b-c_d+e,f:g@h=i",
  "é",
  ".",
  "..",
];

/** Requests that may come to be several entries, or other ones. */
const PERHAPS_MORE: readonly string[] = [
  "*",
  "d/*.gz",
  "x?",
  "[ab]",
  "{a,b}",
  "a b",
  "'a b'",
  '"a"',
  "a\\ b",
  "$HOME",
  "`ls`",
  "$(ls)",
  "a;b",
  "a&b",
  "a|b",
  "a>b",
  "a\nb",
  "a\tb",
  "!!",
  "#a",
  "e\u0301",
  "a^b",
];

/** Requests that are one entry where no shell reads them, or patterns. */
const LITERAL: readonly string[] = [
  ...ONE_ENTRY,
  ...PERHAPS_MORE.filter((request) => !/[*?[]/.test(request)),
];
const PATTERNS: readonly string[] = ["*", "d/*.gz", "x?", "[ab]", "a b*"];

const ROWS: readonly (readonly [
  requests: readonly string[],
  options: Pick<CopyOptions, "recursive" | "lockstep" | "protocol">,
  ackPolicy: AckPolicy,
])[] = [
  [ONE_ENTRY, { recursive: false, lockstep: false, protocol: "scp" }, "none"],
  [ONE_ENTRY, { recursive: true, lockstep: false, protocol: "scp" }, "window"],
  [ONE_ENTRY, { recursive: false, lockstep: true, protocol: "scp" }, "none"],
  [ONE_ENTRY, { recursive: true, lockstep: true, protocol: "scp" }, "none"],
  [
    PERHAPS_MORE,
    { recursive: false, lockstep: false, protocol: "scp" },
    "certain",
  ],
  [
    PERHAPS_MORE,
    { recursive: true, lockstep: false, protocol: "scp" },
    "certain",
  ],
  [PERHAPS_MORE, { recursive: false, lockstep: true, protocol: "scp" }, "none"],
  [PERHAPS_MORE, { recursive: true, lockstep: true, protocol: "scp" }, "none"],
  [LITERAL, { recursive: false, lockstep: false }, "none"],
  [LITERAL, { recursive: true, lockstep: false }, "window"],
  [LITERAL, { recursive: false, lockstep: true }, "none"],
  [LITERAL, { recursive: true, lockstep: true }, "none"],
  [PATTERNS, { recursive: false, lockstep: false }, "certain"],
  [PATTERNS, { recursive: true, lockstep: false }, "certain"],
  [PATTERNS, { recursive: false, lockstep: true }, "none"],
  [PATTERNS, { recursive: true, lockstep: true }, "none"],
];

for (const [requests, options, ahead] of ROWS) {
  Deno.test(`ackPolicyFor() is ${ahead} with ${JSON.stringify(options)} for ${requests[1]} and its like`, () => {
    for (const request of requests) {
      assertEquals(
        ackPolicyFor(request, options),
        ahead,
        JSON.stringify(request),
      );
    }
  });
}
