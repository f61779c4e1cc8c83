import { assertEquals, assertRejects } from "@std/assert";
import { EntryError, LostFileError } from "../../../lib/errors.ts";
import type { CopyEvent } from "../../../lib/events/copy_event.ts";
import { startFile, untilSettled } from "../../../lib/events/file_progress.ts";

const A = { name: "a", path: "d/a", size: 10 };

Deno.test("startFile(): reports the file, what moves of it, its end and its outcome", () => {
  const reported: CopyEvent[] = [];
  const observer = { report: (event: CopyEvent) => reported.push(event) };
  const progress = startFile(observer, A);
  const file = { ...A, isWatched: true };
  progress.moved(4);
  progress.moved(6);
  progress.finished();
  progress.settled("copied");
  assertEquals(reported, [
    { kind: "fileStarted", file },
    { kind: "moved", file, bytes: 4 },
    { kind: "moved", file, bytes: 6 },
    { kind: "finished", file },
    { kind: "settled", file, outcome: "copied" },
  ]);
});

Deno.test("startFile(): gives files of one name events that can be told apart", () => {
  const files = new Set<unknown>();
  const observer = {
    report: (event: CopyEvent) => "file" in event && files.add(event.file),
  };
  startFile(observer, A).finished();
  startFile(observer, A).finished();
  assertEquals(files.size, 2);
});

Deno.test("untilSettled(): reports the outcome of what moves a file", async () => {
  const outcomes: string[] = [];
  const observer = {
    report: (event: CopyEvent) => {
      if (event.kind === "settled") outcomes.push(event.outcome);
    },
  };
  const run = (step: () => Promise<undefined>) =>
    untilSettled(startFile(observer, A), step);
  await run(async () => undefined);
  for (const error of [new EntryError("d/a: gone"), new LostFileError("d/a")]) {
    await assertRejects(() => run(() => Promise.reject(error)), EntryError);
  }
  assertEquals(outcomes, ["copied", "failed", "again"]);
});
