import { assert, assertEquals, assertThrows } from "@std/assert";
import type { CopyOptions } from "../../../lib/options/copy_options.ts";
import {
  ackPolicyFor,
  checkReceived,
  nameForMissing,
  sourceReadings,
  targetText,
  topRules,
} from "../../../lib/routes/scp_request.ts";
import {
  EntryError,
  SessionError,
  UnexpectedOutputError,
} from "../../../lib/errors.ts";
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
  jobs: 1,
  share: false,
  ssh: { program: "ssh", flags: [] },
};

/** The same with `-O`: the remote shell reads the path. */
const OLD: CopyOptions = { ...OPTIONS, protocol: "scp" };

/** Gives the paths of the readings, of which all but the last have a next one. */
function textsOf(path: string, options: CopyOptions): string[] {
  const readings = sourceReadings(path, options);
  for (const [at, { hasNext }] of readings.entries()) {
    assertEquals(hasNext, at + 1 < readings.length);
  }
  return readings.map(({ path }) => path);
}

/** Paths, and their texts for the shell: as a target, and as each reading. */
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
  Deno.test(`targetText(), sourceReadings(): quote ${JSON.stringify(path)}, a source first as it is written`, () => {
    assertEquals(targetText(path, OPTIONS), target);
    assertEquals(textsOf(path, OPTIONS), sources);
  });

  Deno.test(`targetText(), sourceReadings(): leave ${JSON.stringify(path)} as it was typed with -O`, () => {
    assertEquals(targetText(path, OLD), path);
    assertEquals(textsOf(path, OLD), [path]);
  });
}

Deno.test("targetText(), sourceReadings(): refuse a line break, which no shell could be given, without -O", () => {
  for (const path of ["a\nb", "a\rb", "*\n"]) {
    assertThrows(() => targetText(path, OPTIONS), EntryError, "line break");
    assertThrows(() => sourceReadings(path, OPTIONS), EntryError, "line break");
    assertEquals(targetText(path, OLD), path);
    assertEquals(textsOf(path, OLD), [path]);
  }
});

/** Dot paths, however they are read. */
const DOT_PATHS = ["", ".", "./", "..", "d/.", "d/..", "/", "//", "~", "~/"];

Deno.test("topRules(): has a dot path bring its content, under any name", () => {
  for (const options of [OPTIONS, OLD]) {
    for (const path of DOT_PATHS) {
      const rules = topRules({ kind: "remote", host: "far", path }, options);
      assertEquals([rules.top, rules.topName], ["content", undefined], path);
      assertEquals(rules.objectionTo("anything"), undefined);
      assertEquals(rules.warnsOfEncoded, options === OPTIONS);
    }
  }
});

Deno.test("topRules(): objects to other names, and to nothing with -T", () => {
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
  Deno.test(`topRules(): gives what comes for ${path} ${topName ?? "no other name"}`, () => {
    const location = { kind: "remote", host: "far", path } as const;
    assertEquals(topRules(location, OPTIONS).topName, topName);
    assertEquals(topRules(location, OLD).topName, undefined);
  });
}

Deno.test("topRules(): objects to a hidden name in answer to a pattern", () => {
  for (const options of [OPTIONS, OLD]) {
    const location = { kind: "remote", host: "far", path: "d/*" } as const;
    const { objectionTo } = topRules(location, options);
    assertEquals(objectionTo("a"), undefined);
    assert(objectionTo(".bashrc") !== undefined);
  }
});

/** Requests that a remote shell reads as one word, and as written. */
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

/** Requests that a remote shell may read as several entries, or other ones. */
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

/** Requests that are one entry where no shell reads them, and patterns. */
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

for (const [requests, options, ackPolicy] of ROWS) {
  Deno.test(`ackPolicyFor(): gives ${ackPolicy} with ${JSON.stringify(options)} for ${requests[1]} and its like`, () => {
    for (const request of requests) {
      assertEquals(
        ackPolicyFor(request, options),
        ackPolicy,
        JSON.stringify(request),
      );
    }
  });
}

Deno.test("nameForMissing(): gives the target's last name, and another one for a dot path", () => {
  const rows = [["a/b", "b"], ["a/b/", "b"], ["..", "new"], ["/", "new"]];
  for (const [target, name] of rows) {
    assertEquals(nameForMissing(target!), name, target);
  }
});

Deno.test("checkReceived(): takes entries, or a reason that was reported, for an answer", () => {
  checkReceived({ entries: 1, isToldEnd: false }, "x", { isExplained: false });
  checkReceived({ entries: 1, isToldEnd: true }, "x", { isExplained: false });
  checkReceived({ entries: 0, isToldEnd: false }, "x", { isExplained: true });
});

Deno.test("checkReceived(): throws where a directory did not end, or nothing came", () => {
  assertThrows(
    () =>
      checkReceived(
        { entries: 2, isToldEnd: false, endedInside: "d/e" },
        "x",
        { isExplained: true },
      ),
    SessionError,
    "lost connection inside d/e",
  );
  assertThrows(
    () =>
      checkReceived({ entries: 0, isToldEnd: false }, "x", {
        isExplained: false,
      }),
    SessionError,
    "nothing came for x",
  );
  assertThrows(
    () =>
      checkReceived({ entries: 0, isToldEnd: true }, "x", {
        isExplained: false,
      }),
    UnexpectedOutputError,
    "protocol error: the remote ended a directory that it did not begin",
  );
});
