import { assertEquals } from "@std/assert";
import { KeyedLock } from "../../../lib/tree/keyed_lock.ts";
import { turn } from "../../support/turn.ts";

Deno.test("KeyedLock: gives one holder of a key at a time, in the order of asking", async () => {
  const lock = new KeyedLock();
  const order: string[] = [];
  const first = await lock.acquire("a");
  const others = ["second", "third"].map(async (name) => {
    using acquired = await lock.acquire("a");
    order.push(`${name} ${acquired.hasWaited}`);
    await turn();
    order.push(`${name} done`);
  });
  await turn();
  assertEquals([first.hasWaited, order], [false, []]);
  first[Symbol.dispose]();
  await Promise.all(others);
  assertEquals(order, [
    "second true",
    "second done",
    "third true",
    "third done",
  ]);
});

Deno.test("KeyedLock: lets nobody wait for another key", async () => {
  const lock = new KeyedLock();
  using one = await lock.acquire("a");
  using other = await lock.acquire("b");
  assertEquals([one.hasWaited, other.hasWaited], [false, false]);
});

Deno.test("KeyedLock: is free again once the last holder is done", async () => {
  const lock = new KeyedLock();
  (await lock.acquire("a"))[Symbol.dispose]();
  using again = await lock.acquire("a");
  assertEquals(again.hasWaited, false);
});
