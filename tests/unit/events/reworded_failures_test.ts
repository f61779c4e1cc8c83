import { assertEquals } from "@std/assert";
import type { CopyEvent } from "../../../lib/events/copy_event.ts";
import { rewordedFailures } from "../../../lib/events/reworded_failures.ts";

Deno.test("rewordedFailures(): changes the messages of failures and nothing else", () => {
  const events: CopyEvent[] = [];
  const observer = rewordedFailures(
    { report: (event) => events.push(event) },
    (message) => `far: ${message}`,
  );
  observer.report({ kind: "failure", message: "a", isConnection: true });
  observer.report({ kind: "warning", message: "b" });
  assertEquals(events, [
    { kind: "failure", message: "far: a", isConnection: true },
    { kind: "warning", message: "b" },
  ]);
});
