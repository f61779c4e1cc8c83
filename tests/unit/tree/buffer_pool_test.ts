import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  BufferPool,
  type PooledBuffer,
} from "../../../lib/tree/buffer_pool.ts";
import { turn } from "../../support/turn.ts";

Deno.test("BufferPool: gives as many buffers as there are, all different", async () => {
  const blocks = new BufferPool(3, 5);
  assertEquals(blocks.wholeBytes, 5);
  const taken = [
    await blocks.acquire(5),
    await blocks.acquire(5),
    await blocks.acquire(5),
  ];
  assertEquals(taken.map(({ bytes }) => bytes.length), [5, 5, 5]);
  assertEquals(new Set(taken.map(({ bytes }) => bytes.buffer)).size, 3);
});

Deno.test("BufferPool: gives a buffer that was given back again, and makes no other", async () => {
  const blocks = new BufferPool(8, 1);
  let last: Uint8Array | undefined;
  for (let round = 0; round < 3; round++) {
    using block = await blocks.acquire(1);
    if (last !== undefined) assert(block.bytes === last);
    last = block.bytes;
  }
});

Deno.test("BufferPool: has whoever comes when all are taken wait, in turn", async () => {
  const blocks = new BufferPool(2, 1);
  const first = await blocks.acquire(1);
  const second = await blocks.acquire(1);
  const taken = [first.bytes, second.bytes];
  const given: { name: string; block: PooledBuffer }[] = [];
  const take = (name: string): void => {
    blocks.acquire(1).then((block) => given.push({ name, block }));
  };
  for (const name of ["a", "b", "c"]) take(name);
  await turn();
  assertEquals(given.length, 0);
  second[Symbol.dispose]();
  await turn();
  assertEquals(given.map(({ name }) => name), ["a"]);
  assert(given[0]!.block.bytes === taken[1]);
  first[Symbol.dispose]();
  given[0]!.block[Symbol.dispose]();
  await turn();
  assertEquals(given.map(({ name }) => name), ["a", "b", "c"]);
  const buffers = given.slice(1).map(({ block }) => block.bytes);
  assert(taken.every((buffer) => buffers.includes(buffer)));
});

Deno.test("BufferPool: has more of small buffers than of whole ones, in the same room", async () => {
  const blocks = new BufferPool(2, 4);
  const given: number[] = [];
  const taken: PooledBuffer[] = [];
  const take = (bytes: number): void => {
    blocks.acquire(bytes).then((block) => {
      given.push(block.bytes.length);
      taken.push(block);
    });
  };
  for (const bytes of [4, 1, 2, 1, 3, 1]) take(bytes);
  await turn();
  assertEquals(given, [4, 1, 2, 1]);
  taken[1]![Symbol.dispose]();
  await turn();
  assertEquals(given, [4, 1, 2, 1], "whoever is first in line is served first");
  taken[2]![Symbol.dispose]();
  await turn();
  assertEquals(given, [4, 1, 2, 1, 3]);
  taken[0]![Symbol.dispose]();
  await turn();
  assertEquals(given, [4, 1, 2, 1, 3, 1]);
});

Deno.test("BufferPool: gives no buffer that came back once it has ended, but the error", async () => {
  const blocks = new BufferPool(1, 4);
  const given = await blocks.acquire(4);
  const waiting = assertRejects(() => blocks.acquire(4), Error, "lost");
  blocks.end(new Error("lost"));
  blocks.end(new Error("later"));
  given[Symbol.dispose]();
  await waiting;
  await assertRejects(() => blocks.acquire(1), Error, "lost");
});
