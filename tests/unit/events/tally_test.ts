import { assertEquals } from "@std/assert";
import type { CopyEvent } from "../../../lib/events/copy_event.ts";
import { startFile } from "../../../lib/events/file_progress.ts";
import { Tally } from "../../../lib/events/tally.ts";

Deno.test("Tally: passes every event on, in order, and counts failures alone", () => {
  const passed: CopyEvent[] = [];
  const tally = new Tally({ report: (event) => passed.push(event) });
  const events: CopyEvent[] = [
    { kind: "host", hosts: ["far"], protocol: "SCP", reason: "it is faster" },
    { kind: "warning", message: "w" },
    { kind: "failure", message: "f: Is a directory" },
    { kind: "sshOutput", text: "bye" },
    { kind: "failure", message: "" },
    { kind: "end" },
  ];
  for (const event of events) tally.report(event);
  assertEquals(passed, events);
  assertEquals([tally.failures, tally.hasLostHost], [2, false]);
});

Deno.test("Tally: tells a lost connection from other failures, and counts it", () => {
  const tally = new Tally({ report: () => {} });
  tally.report({ kind: "failure", message: "f: Is a directory" });
  assertEquals(tally.hasLostHost, false);
  const message = "far: lost connection";
  tally.report({ kind: "failure", message, isConnection: true });
  tally.report({ kind: "failure", message: "g: not sent" });
  assertEquals([tally.failures, tally.hasLostHost], [3, true]);
});

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
