import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { Turns } from "../../../lib/channel/turns.ts";

Deno.test("Turns: a turn is due more than 10 ms after the last one", async () => {
  let time = 1000;
  using _now = stub(performance, "now", () => time);
  const turns = new Turns();
  const often = new Turns(2);
  await turns.pass(Promise.resolve());
  assertEquals([turns.areDue, often.areDue], [false, false]);
  time += 3;
  assertEquals([turns.areDue, often.areDue], [false, true]);
  time += 7;
  assertEquals(turns.areDue, false);
  time += 1;
  assertEquals(turns.areDue, true);
  await often.pass(Promise.resolve());
  assertEquals([turns.areDue, often.areDue], [false, false]);
});

Deno.test("give(): gives one turn to all who wait, and tells who waited alone", async () => {
  const turns = new Turns();
  const given = [turns.give(), new Turns(2).give()];
  let isOver = false;
  setImmediate(() => isOver = true);
  assertEquals(await Promise.all(given), [false, false]);
  assertEquals(isOver, false);
  assertEquals(await turns.give(), true);
});

Deno.test("give(): lets what waits for a turn of the event loop run first", async () => {
  const events: string[] = [];
  setImmediate(() => events.push("immediate"));
  await new Turns().give();
  events.push("given");
  assertEquals(events, ["immediate", "given"]);
});
