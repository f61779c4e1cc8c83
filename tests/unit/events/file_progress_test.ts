import { assertEquals } from "@std/assert";
import type { CopyEvent } from "../../../lib/events/copy_event.ts";
import { startFile } from "../../../lib/events/file_progress.ts";

Deno.test("startFile(): reports the file, what moves of it, and its end", () => {
  const reported: CopyEvent[] = [];
  const observer = { report: (event: CopyEvent) => reported.push(event) };
  const progress = startFile(observer, "a", 10);
  const file = { name: "a", size: 10 };
  progress.moved(4);
  progress.moved(6);
  progress.finished();
  assertEquals(reported, [
    { kind: "fileStarted", file },
    { kind: "moved", file, bytes: 4 },
    { kind: "moved", file, bytes: 6 },
    { kind: "finished", file },
  ]);
});

Deno.test("startFile(): gives files of one name events that can be told apart", () => {
  const files = new Set<unknown>();
  const observer = {
    report: (event: CopyEvent) => "file" in event && files.add(event.file),
  };
  startFile(observer, "a", 1).finished();
  startFile(observer, "a", 1).finished();
  assertEquals(files.size, 2);
});
