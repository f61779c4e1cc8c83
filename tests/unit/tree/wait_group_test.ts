import { assertEquals } from "@std/assert";
import { WaitGroup } from "../../../lib/tree/wait_group.ts";
import { turn } from "../../support/turn.ts";

/** Tells whether all of it is over by now. */
async function isOver(pending: WaitGroup): Promise<boolean> {
  let isOver = false;
  pending.wait().then(() => isOver = true);
  await turn();
  return isOver;
}

Deno.test("WaitGroup: is over when all has ended and no more will begin", async () => {
  const pending = new WaitGroup();
  pending.add();
  pending.add();
  pending.done();
  pending.done();
  assertEquals(await isOver(pending), false);
  pending.add();
  pending.done();
  assertEquals(await isOver(pending), false);
  pending.done();
  assertEquals(await isOver(pending), true);
});

Deno.test("WaitGroup: is not over before the last has ended", async () => {
  const pending = new WaitGroup();
  pending.add();
  pending.done();
  pending.add();
  pending.done();
  pending.add();
  pending.done();
  pending.add();
  pending.done();
  assertEquals(await isOver(pending), false);
  pending.add();
  // No more will begin.
  pending.done();
  assertEquals(await isOver(pending), false);
  pending.done();
  assertEquals(await isOver(pending), true);
});

Deno.test("WaitGroup: is over at once where nothing begins", async () => {
  const pending = new WaitGroup();
  assertEquals(await isOver(pending), false);
  pending.done();
  assertEquals(await isOver(pending), true);
});
