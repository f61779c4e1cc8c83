import { assertEquals } from "@std/assert";
import {
  areReal,
  type EntryPlace,
  type EntryRules,
  isContent,
  MAX_DEPTH,
  refusalOf,
  warnIfReceivedEncoded,
} from "../../../lib/scp/entry_rules.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";

const RULES: EntryRules = {
  recursive: true,
  top: "named",
  objectionTo: (name) => name === "a" ? undefined : `${name} for a`,
};

const MISMATCH = "protocol error: filename does not match request";

const WITHOUT_R = "protocol error: received directory without -r";

/** Entries, and the reply to each; `undefined` where it is taken. */
const CASES: readonly (readonly [
  kind: "file" | "directory",
  name: string,
  place: EntryPlace,
  rules: Partial<EntryRules>,
  reply: string | undefined,
])[] = [
  ["file", "a", { depth: 0, entriesBefore: 0 }, {}, undefined],
  ["file", "b", { depth: 0, entriesBefore: 0 }, {}, MISMATCH],
  ["file", "b", { depth: 1, entriesBefore: 1 }, {}, undefined],
  [
    "file",
    "..",
    { depth: 1, entriesBefore: 1 },
    {},
    "error: unexpected filename: ..",
  ],
  ["directory", "a", { depth: 0, entriesBefore: 0 }, {}, undefined],
  [
    "directory",
    "a",
    { depth: 0, entriesBefore: 0 },
    { recursive: false },
    WITHOUT_R,
  ],
  [
    "directory",
    "b",
    { depth: 0, entriesBefore: 0 },
    { recursive: false },
    MISMATCH,
  ],
  [
    "directory",
    "..",
    { depth: 0, entriesBefore: 0 },
    { top: "content" },
    undefined,
  ],
  [
    "directory",
    "..",
    { depth: 0, entriesBefore: 1 },
    { top: "content" },
    "error: unexpected filename: ..",
  ],
  [
    "file",
    "a",
    { depth: 0, entriesBefore: 0 },
    { top: "content" },
    "error: unexpected filename: a",
  ],
  [
    "directory",
    "d",
    { depth: MAX_DEPTH - 1, entriesBefore: 1 },
    {},
    undefined,
  ],
  [
    "directory",
    "d",
    { depth: MAX_DEPTH, entriesBefore: 1 },
    {},
    "protocol error: directories more than 1000 deep",
  ],
  ["file", "f", { depth: MAX_DEPTH, entriesBefore: 1 }, {}, undefined],
];

for (const [kind, name, place, rules, reply] of CASES) {
  const row = `a ${kind} ${name} at depth ${place.depth} under ${
    JSON.stringify(rules)
  }`;

  Deno.test(`refusalOf(): ${reply === undefined ? "takes" : "refuses"} ${row}, entry ${place.entriesBefore + 1}`, () => {
    const record = { kind, name, mode: 0o755, size: 0 };
    assertEquals(
      refusalOf(record, place, { ...RULES, ...rules })?.reply,
      reply,
    );
  });
}

Deno.test("refusalOf(): gives the user the objection to a name", () => {
  const record = { kind: "file", name: "b", mode: 0o644, size: 0 } as const;
  assertEquals(refusalOf(record, { depth: 0, entriesBefore: 0 }, RULES), {
    reply: MISMATCH,
    message: `${MISMATCH}: b for a`,
  });
});

Deno.test("isContent(): holds at the top, where only content is wanted", () => {
  assertEquals(isContent({ depth: 0 }, { top: "content" }), true);
  assertEquals(isContent({ depth: 1 }, { top: "content" }), false);
  assertEquals(isContent({ depth: 0 }, { top: "named" }), false);
});

Deno.test("areReal(): holds up to the latest time of a clock", () => {
  const times = (modified: number, accessed: number) =>
    areReal({ kind: "times", modified, accessed });
  assertEquals(times(8.64e15, 8.64e15), true);
  assertEquals(times(8.64e15 + 1000, 0), false);
  assertEquals(times(0, 8.64e15 + 1000), false);
});

Deno.test("warnIfReceivedEncoded(): warns of an encoded newline where the rules ask for it", () => {
  for (
    const [name, warnsOfEncoded, warnings] of [
      ["a\\^Jb", true, 1],
      ["a\\^Jb", false, 0],
      ["a\\^Kb", true, 0],
    ] as const
  ) {
    const observer = new RecordingObserver();
    const record = { kind: "file", name, mode: 0o644, size: 0 } as const;
    warnIfReceivedEncoded(record, { ...RULES, warnsOfEncoded }, observer);
    assertEquals(observer.warnings.length, warnings);
  }
});
