import { assertEquals } from "@std/assert";
import { moving } from "../../support/moving.ts";
import {
  eachFailureOnce,
  hostObserver,
  hostsObserver,
  lengthlessObserver,
  MissingFirst,
} from "../../../lib/routes/scp_observers.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";

const MISSING = "scp: x: No such file or directory";
const DENIED = "scp: x: Permission denied";

/** Failures of an attempt, its number of entries, and what is reported. */
const ROWS: readonly (readonly [
  sentence: string,
  attempt: {
    hasNext: boolean;
    failures: readonly string[];
    entries?: number;
  },
  reported: readonly string[],
  isMissing: boolean,
])[] = [
  [
    "keeps a missing source for the next attempt",
    { hasNext: true, failures: [MISSING], entries: 0 },
    [],
    true,
  ],
  [
    "reports a missing source of the last attempt",
    { hasNext: false, failures: [MISSING], entries: 0 },
    [MISSING],
    false,
  ],
  [
    "reports what is missing beside what came",
    { hasNext: true, failures: [MISSING], entries: 1 },
    [MISSING],
    false,
  ],
  [
    "reports what is missing in an attempt that broke",
    { hasNext: true, failures: [MISSING] },
    [MISSING],
    false,
  ],
  [
    "reports other failures",
    { hasNext: true, failures: [DENIED], entries: 0 },
    [DENIED],
    false,
  ],
  [
    "reports nothing where nothing failed and nothing came",
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
      missing.report({ kind: "failure", message });
    }
    missing.settle(entries);
    assertEquals(observer.failures, reported);
    assertEquals(missing.isMissing, isMissing);
  });
}

Deno.test("MissingFirst: reports two missing sources in their order", () => {
  for (const entries of [0, 1, undefined]) {
    const observer = new RecordingObserver();
    const missing = new MissingFirst(observer, { hasNext: true });
    missing.report({ kind: "failure", message: MISSING });
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

Deno.test("MissingFirst: passes on all but failures at once", () => {
  const observer = new RecordingObserver();
  const missing = new MissingFirst(observer, { hasNext: true });
  missing.report({ kind: "warning", message: "w" });
  missing.report({ kind: "verbose", message: () => "e" });
  const progress = moving(missing, "f", 2);
  progress.moved(2);
  progress.finished();
  assertEquals(observer.warnings, ["w"]);
  assertEquals(observer.verboseLines, ["e"]);
  assertEquals(observer.bodies, ["f 2/2"]);
});

/** Messages, and what hostObserver() makes of them. */
const MESSAGES: readonly (readonly [message: string, observed: string])[] = [
  ["scp: x: No such file or directory", "far: x: No such file or directory"],
  [
    "scp: d/a\\^Jb: No such file or directory",
    "far: d/a\\^Jb: No such file or directory: try -s",
  ],
  ["scp: d/a\\^Jb: Permission denied", "far: d/a\\^Jb: Permission denied"],
  ["scp: scp: x", "far: scp: x"],
  ["scp:x", "scp:x"],
  ["x: Permission denied", "x: Permission denied"],
  ["", ""],
];

for (const [message, observed] of MESSAGES) {
  Deno.test(`hostObserver(): reports ${JSON.stringify(message)} as the host's if it is an scp's`, () => {
    const observer = new RecordingObserver();
    hostObserver("far", observer).report({ kind: "failure", message });
    assertEquals(observer.failures, [observed]);
  });
}

Deno.test("hostObserver(): passes on all but failures as they are", () => {
  const observer = new RecordingObserver();
  const host = hostObserver("far", observer);
  host.report({ kind: "warning", message: "scp: w" });
  host.report({ kind: "verbose", message: () => "scp: e" });
  const progress = moving(host, "scp: f", 1);
  progress.moved(1);
  progress.finished();
  assertEquals(observer.warnings, ["scp: w"]);
  assertEquals(observer.verboseLines, ["scp: e"]);
  assertEquals(observer.bodies, ["scp: f 1/1"]);
});

Deno.test("hostsObserver(): reports messages of an scp that begin with one of the hosts", () => {
  const observer = new RecordingObserver();
  const hosts = hostsObserver(["far", "other"], observer);
  for (
    const message of ["far: scp: x", "other: scp: y", "third: scp: z", "far: a"]
  ) hosts.report({ kind: "failure", message });
  assertEquals(
    observer.failures,
    ["far: x", "other: y", "third: scp: z", "far: a"],
  );
});

Deno.test("lengthlessObserver(): reports empty files of /proc and /sys as failed", () => {
  for (const path of ["/proc/cpuinfo", "/sys/kernel"]) {
    const observer = new RecordingObserver();
    const lengthless = lengthlessObserver({ host: "far", path }, observer);
    moving(lengthless, "cpuinfo", 0).settled("copied");
    moving(lengthless, "full", 1).settled("copied");
    assertEquals(observer.failures, [
      `far: ${path}: cpuinfo has no length before it is read, ` +
      "so scp sent nothing of it: try -s",
    ]);
    assertEquals(observer.outcomes, ["cpuinfo failed", "full copied"]);
  }
});

Deno.test("lengthlessObserver(): reports nothing of other paths", () => {
  const observer = new RecordingObserver();
  const location = { host: "far", path: "/home/proc/x" };
  moving(lengthlessObserver(location, observer), "x", 0).settled("copied");
  assertEquals(observer.failures, []);
  assertEquals(observer.outcomes, ["x copied"]);
});

Deno.test("eachFailureOnce(): reports a failure once, and warnings each time", () => {
  const reported = new RecordingObserver();
  const observer = eachFailureOnce(reported);
  for (const message of [MISSING, DENIED, MISSING]) {
    observer.report({ kind: "failure", message });
    observer.report({ kind: "warning", message });
  }
  assertEquals(reported.failures, [MISSING, DENIED]);
  assertEquals(reported.warnings, [MISSING, DENIED, MISSING]);
});
