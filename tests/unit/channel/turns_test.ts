import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { Turns } from "../../../lib/channel/turns.ts";

Deno.test("Turns: a turn is due more than 10 ms after the last one", async () => {
  let time = 1000;
  using _now = stub(performance, "now", () => time);
  const turns = new Turns();
  assertEquals(turns.areDue, false);
  time += 10;
  assertEquals(turns.areDue, false);
  time += 1;
  assertEquals(turns.areDue, true);
  await turns.pass(Promise.resolve());
  assertEquals(turns.areDue, false);
});

Deno.test("give(): lets what waits for a turn of the event loop run first", async () => {
  const events: string[] = [];
  setImmediate(() => events.push("immediate"));
  await new Turns().give();
  events.push("given");
  assertEquals(events, ["immediate", "given"]);
});
