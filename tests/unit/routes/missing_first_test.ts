import { assertEquals } from "@std/assert";
import { startFile } from "../../../lib/events/file_progress.ts";
import { MissingFirst } from "../../../lib/routes/missing_first.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";

const MISSING = "scp: x: No such file or directory";
const DENIED = "scp: x: Permission denied";

/** Failures of a try, how many entries came, and what of it is reported. */
const ROWS: readonly (readonly [
  sentence: string,
  tries: {
    hasNext: boolean;
    failures: readonly string[];
    entries?: number;
  },
  reported: readonly string[],
  isMissing: boolean,
])[] = [
  [
    "that the only thing is missing is kept for the next try",
    { hasNext: true, failures: [MISSING], entries: 0 },
    [],
    true,
  ],
  [
    "the last try reports that it is missing",
    { hasNext: false, failures: [MISSING], entries: 0 },
    [MISSING],
    false,
  ],
  [
    "something is missing beside what came",
    { hasNext: true, failures: [MISSING], entries: 1 },
    [MISSING],
    false,
  ],
  [
    "something is missing in a try that broke",
    { hasNext: true, failures: [MISSING] },
    [MISSING],
    false,
  ],
  [
    "what fails otherwise is reported",
    { hasNext: true, failures: [DENIED], entries: 0 },
    [DENIED],
    false,
  ],
  [
    "nothing failed and nothing came",
    { hasNext: true, failures: [], entries: 0 },
    [],
    false,
  ],
];

for (
  const [sentence, { hasNext, failures, entries }, reported, isMissing] of ROWS
) {
  Deno.test(`MissingFirst: ${sentence}`, () => {
    const observer = new RecordingObserver();
    const missing = new MissingFirst(observer, { hasNext });
    for (const message of failures) {
      missing.report({ kind: "failure", message: message });
    }
    missing.settle(entries);
    assertEquals(observer.failures, reported);
    assertEquals(missing.isMissing, isMissing);
  });
}

Deno.test("MissingFirst: two things are missing, and both are reported in their order", () => {
  for (const entries of [0, 1, undefined]) {
    const observer = new RecordingObserver();
    const missing = new MissingFirst(observer, { hasNext: true });
    missing.report({ kind: "failure", message: `${MISSING}` });
    missing.report({
      kind: "failure",
      message: "scp: y: No such file or directory",
    });
    missing.settle(entries);
    assertEquals(
      observer.failures,
      [MISSING, "scp: y: No such file or directory"],
      `${entries}`,
    );
    assertEquals(missing.isMissing, false);
  }
});

Deno.test("MissingFirst: all but a failure is handed on at once", () => {
  const observer = new RecordingObserver();
  const missing = new MissingFirst(observer, { hasNext: true });
  missing.report({ kind: "warning", message: "w" });
  missing.report({ kind: "verbose", message: () => "e" });
  const progress = startFile(missing, "f", 2);
  progress.moved(2);
  progress.finished();
  assertEquals(observer.warnings, ["w"]);
  assertEquals(observer.verboseLines, ["e"]);
  assertEquals(observer.bodies, ["f 2/2"]);
});
