import { assertEquals } from "@std/assert";
import type { CopyEvent } from "../../../lib/events/copy_event.ts";
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

Deno.test("Tally: counts nothing that was skipped or excluded as a failure", () => {
  const tally = new Tally({ report: () => {} });
  const reason = "same size and time";
  tally.report({ kind: "skipped", path: "f", target: "far: f", reason });
  tally.report({
    kind: "excluded",
    label: "",
    path: "g",
    reason: "--exclude g",
  });
  assertEquals(tally.failures, 0);
});
