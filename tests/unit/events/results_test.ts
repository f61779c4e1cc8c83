import { assertEquals } from "@std/assert";
import { MOST_MESSAGES, Results } from "../../../lib/events/results.ts";
import { moving } from "../../support/moving.ts";

Deno.test("Results: counts what arrived, and nothing that failed or begins again", () => {
  const results = new Results();
  moving(results, "a", 10).settled("copied");
  moving(results, "b", 20).settled("failed");
  moving(results, "c", 40).settled("again");
  moving(results, "c", 40).settled("copied");
  assertEquals([results.copied, results.bytes], [2, 50]);
});

Deno.test("Results: counts what was passed over, each kind for itself", () => {
  const results = new Results();
  const reason = "same size and time";
  const skipped = { kind: "skipped", path: "a", target: "b", reason } as const;
  results.report(skipped);
  results.report({ kind: "excluded", label: "", path: "c", reason });
  results.report(skipped);
  assertEquals([results.skipped, results.excluded, results.count], [2, 1, 2]);
});

Deno.test("Results: counts what a dry run would change, and why it skips", () => {
  const results = new Results();
  const target = { label: "", path: "t" };
  for (const bytes of [3, 5]) {
    const source = { label: "", path: "f" };
    const copy = { kind: "planned", action: "copy", source, target } as const;
    results.report({ ...copy, bytes });
  }
  results.report({ kind: "planned", action: "make directory", target });
  for (const reason of ["the target is newer", "same size and time"] as const) {
    results.report({ kind: "skipped", path: "a", target: "b", reason });
  }
  assertEquals(results.planned, {
    files: 2,
    bytes: 8,
    directories: 1,
    links: 0,
  });
  assertEquals([...results.skippedFor], [
    ["the target is newer", 1],
    ["same size and time", 1],
  ]);
  assertEquals([results.copied, results.count], [0, 4]);
});

Deno.test("Results: tells failures of entries from those that cut a copy", () => {
  const results = new Results();
  results.report({ kind: "failure", message: "a: Is a directory", path: "a" });
  assertEquals([results.failedEntries, results.isCut], [1, false]);
  results.report({ kind: "failure", message: "far: gone", endsSession: true });
  results.report({ kind: "failure", message: "far: gone", isConnection: true });
  assertEquals([results.failures, results.failedEntries, results.isCut], [
    3,
    1,
    true,
  ]);
});

Deno.test("Results: keeps failures of one reason together, and the first of them", () => {
  const results = new Results();
  const fail = (message: string) =>
    results.report({ kind: "failure", message });
  for (let at = 0; at < 40; at++) fail(`f${at}: No space left on device`);
  fail("far: g: Permission denied");
  fail("f: No space left on device");
  assertEquals(results.groups.map(({ count }) => count), [41, 1]);
  assertEquals(results.groups[0]!.messages.length, MOST_MESSAGES);
  assertEquals(results.groups[1]!.messages, ["far: g: Permission denied"]);
});

Deno.test("Results: keeps no more reasons than are shown, however many a peer makes up", () => {
  const results = new Results();
  for (let at = 0; at < 1000; at++) {
    results.report({ kind: "failure", message: `f: ${at}` });
  }
  assertEquals([results.failures, results.groups.length], [1000, 10]);
});
