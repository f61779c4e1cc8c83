import { assertEquals } from "@std/assert";
import type { SkipReason } from "../../../lib/filesystem/existing_files.ts";
import { Results } from "../../../lib/events/results.ts";
import { summaryLines } from "../../../lib/terminal/summary.ts";
import { moving } from "../../support/moving.ts";

const END = { seconds: 3.14, isInterrupted: false };

/** Results of so many files of 2,048 bytes. */
function arrived(files: number): Results {
  const results = new Results();
  for (let at = 0; at < files; at++) {
    moving(results, "f", 2048).settled("copied");
  }
  return results;
}

function fail(results: Results, ...messages: readonly string[]): void {
  for (const message of messages) results.report({ kind: "failure", message });
}

Deno.test("summaryLines(): tells what arrived of a good copy", () => {
  assertEquals(summaryLines(arrived(3000), END), [
    "3,000 of 3,000 files, 5.9 MB in 3.1 s",
  ]);
  assertEquals(summaryLines(arrived(1), END), [
    "1 of 1 file, 2.0 KB in 3.1 s",
  ]);
});

Deno.test("summaryLines(): names what failed, and why", () => {
  const results = arrived(2998);
  fail(
    results,
    "d/a: Permission denied",
    "far: d/b: No such file or directory",
  );
  assertEquals(summaryLines(results, END), [
    "2,998 of 3,000 files, 5.9 MB in 3.1 s; 2 failed:",
    "  d/a: Permission denied",
    "  far: d/b: No such file or directory",
  ]);
});

Deno.test("summaryLines(): tells a repeated reason once, with a count", () => {
  const results = arrived(1);
  for (let at = 0; at < 40; at++) {
    fail(results, `f${at}: No space left on device`);
  }
  fail(results, "a: Permission denied");
  assertEquals(summaryLines(results, END), [
    "1 of 42 files, 2.0 KB in 3.1 s; 41 failed:",
    "  f0: No space left on device (and 39 more for this reason)",
    "  a: Permission denied",
  ]);
});

Deno.test("summaryLines(): has at most ten lines of failures, and counts the rest", () => {
  const results = arrived(0);
  for (let at = 0; at < 47; at++) fail(results, `f${at}: reason ${at}`);
  const lines = summaryLines(results, END);
  assertEquals(lines.length, 12);
  assertEquals(lines[10], "  f9: reason 9");
  assertEquals(lines[11], "  and 37 more");
});

Deno.test("summaryLines(): counts what was skipped", () => {
  const results = arrived(1);
  results.report({
    kind: "skipped",
    path: "a",
    target: "far: a",
    reason: "same size and time",
  });
  assertEquals(summaryLines(results, END), [
    "1 of 2 files, 2.0 KB in 3.1 s; 1 skipped",
  ]);
});

Deno.test("summaryLines(): tells of a dry run what it would do, and why it skips", () => {
  const end = { ...END, isDry: true };
  const results = new Results();
  const target = { label: "far: ", path: "t" };
  assertEquals(summaryLines(results, end), ["would copy 0 files, 0 bytes"]);
  const source = { label: "", path: "f" };
  results.report({
    kind: "planned",
    action: "copy",
    source,
    target,
    bytes: 2048,
  });
  results.report({ kind: "planned", action: "make directory", target });
  const skip = (reason: SkipReason) =>
    results.report({ kind: "skipped", path: "a", target: "b", reason });
  skip("same size and time");
  assertEquals(summaryLines(results, end), [
    "would copy 1 file, 2.0 KB; would make 1 directory; " +
    "1 skipped (same size and time)",
  ]);
  skip("same size and time");
  skip("the target is newer");
  for (let at = 0; at < 2; at++) {
    results.report({ kind: "planned", action: "make directory", target });
    results.report({
      kind: "planned",
      action: "make link",
      target,
      destination: "x",
      replaces: false,
    });
  }
  results.report({ kind: "excluded", label: "", path: "o", reason: "*" });
  fail(results, "d/a: Permission denied");
  assertEquals(summaryLines(results, end), [
    "would copy 1 file, 2.0 KB; would make 3 directories and 2 links; " +
    "3 skipped (2: same size and time; 1: the target is newer); 1 excluded; " +
    "1 failed:",
    "  d/a: Permission denied",
  ]);
});

Deno.test("summaryLines(): tells no number of all where not all was tried", () => {
  const results = arrived(3);
  assertEquals(summaryLines(results, { ...END, isInterrupted: true }), [
    "interrupted: 3 files, 6.0 KB in 3.1 s",
  ]);
  const message = "far: lost connection";
  results.report({ kind: "failure", message, isConnection: true });
  assertEquals(summaryLines(results, END), [
    "3 files, 6.0 KB in 3.1 s; 1 failed:",
    `  ${message}`,
  ]);
  const total = { files: 9, bytes: 0, isComplete: true };
  results.report({ kind: "counted", total });
  assertEquals(
    summaryLines(results, END)[0],
    "3 of 9 files, 6.0 KB in 3.1 s; 1 failed:",
  );
});

Deno.test("summaryLines(): lets no message act on the terminal", () => {
  const results = arrived(0);
  fail(results, "a\x1b[2J\r\n\u202e: b\x9b");
  assertEquals(
    summaryLines(results, END)[1],
    "  a\\033[2J\\015\\012\\342\\200\\256: b\\302\\233",
  );
});

for (
  const [proofs, text] of [
    [["hashed", "hashed"], "2 of 2 files verified"],
    [["read back", "read back"], "2 of 2 files verified (read back)"],
    [["hashed", "read back"], "2 of 2 files verified (1 read back)"],
  ] as const
) {
  Deno.test(`summaryLines(): tells that files were ${proofs.join(" and ")}`, () => {
    const results = new Results();
    for (const proof of proofs) {
      moving(results, "f", 2048).settled("copied", proof);
    }
    assertEquals(summaryLines(results, END), [
      `2 of 2 files, 4.0 KB in 3.1 s; ${text}`,
    ]);
  });
}
