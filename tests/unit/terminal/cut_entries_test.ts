import { assertEquals } from "@std/assert";
import type { CutState } from "../../../lib/errors.ts";
import { CutEntries } from "../../../lib/terminal/cut_entries.ts";

function failure(message: string, cut?: CutState) {
  return { kind: "failure", message, ...(cut && { cut }) } as const;
}

/** Adds files that were in flight. */
function addInFlight(entries: CutEntries, count: number): void {
  for (let at = 0; at < count; at++) {
    entries.add(failure(`f${at}: lost connection`, "in flight"));
  }
}

const LOST = failure("far: z: lost connection: ssh failed");

Deno.test("CutEntries: takes up what a cut left unfinished, and nothing else", () => {
  const entries = new CutEntries();
  assertEquals(entries.add(failure("a: Permission denied")), false);
  assertEquals(entries.add(failure("a: interrupted", "in flight")), true);
  assertEquals(entries.add(failure("b: not sent", "not sent")), true);
});

Deno.test("CutEntries: up to five have a line each, before their cause", () => {
  const entries = new CutEntries();
  addInFlight(entries, 5);
  const lines = [0, 1, 2, 3, 4].map((at) => `f${at}: lost connection`);
  assertEquals(entries.take(LOST), [...lines, LOST.message]);
  addInFlight(entries, 5);
  assertEquals(entries.take(), lines);
});

Deno.test("CutEntries: of more the cause tells the number", () => {
  const entries = new CutEntries();
  addInFlight(entries, 1001);
  assertEquals(entries.take(LOST), [
    "far: z: lost connection: ssh failed (and 1,001 more in flight)",
  ]);
  addInFlight(entries, 6);
  entries.add(failure("c: not sent", "not sent"));
  assertEquals(entries.take(LOST), [
    "far: z: lost connection: ssh failed (and 6 more in flight, 1 not sent)",
  ]);
});

Deno.test("CutEntries: the first one stands for the others where there is no cause", () => {
  const entries = new CutEntries();
  entries.add(failure("c: not sent", "not sent"));
  addInFlight(entries, 7);
  assertEquals(entries.take(), ["c: not sent (and 7 more in flight)"]);
});

Deno.test("CutEntries: tells each entry once", () => {
  const entries = new CutEntries();
  assertEquals(entries.take(), []);
  addInFlight(entries, 9);
  entries.take();
  assertEquals(entries.take(), []);
  assertEquals(entries.take(LOST), [LOST.message]);
});
