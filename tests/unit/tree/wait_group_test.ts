import { assertEquals } from "@std/assert";
import { Pending } from "../../../lib/tree/wait_group.ts";
import { turn } from "../../support/turn.ts";

/** Whether all of it is over by now. */
async function isOver(pending: Pending): Promise<boolean> {
  let isOver = false;
  pending.over.then(() => isOver = true);
  await turn();
  return isOver;
}

Deno.test("Pending is over when all has ended and no more will begin", async () => {
  const pending = new Pending();
  pending.begin();
  pending.begin();
  pending.end();
  pending.end();
  assertEquals(await isOver(pending), false);
  pending.begin();
  pending.end();
  assertEquals(await isOver(pending), false);
  pending.end();
  assertEquals(await isOver(pending), true);
});

Deno.test("Pending is not over before the last has ended", async () => {
  const pending = new Pending();
  pending.begin();
  pending.end();
  pending.begin();
  pending.end();
  pending.begin();
  pending.end();
  pending.begin();
  pending.end();
  assertEquals(await isOver(pending), false);
  pending.begin();
  // No more will begin.
  pending.end();
  assertEquals(await isOver(pending), false);
  pending.end();
  assertEquals(await isOver(pending), true);
});

Deno.test("Pending is over at once where nothing begins", async () => {
  const pending = new Pending();
  assertEquals(await isOver(pending), false);
  pending.end();
  assertEquals(await isOver(pending), true);
});
