import { assert, assertEquals } from "@std/assert";
import { type Block, Blocks } from "../../../lib/transfer/blocks.ts";
import { turn } from "../../support/turn.ts";

Deno.test("Blocks gives as many buffers as there are, all different", async () => {
  const blocks = new Blocks(3, 5);
  assertEquals(blocks.bytesEach, 5);
  const taken = [
    await blocks.take(),
    await blocks.take(),
    await blocks.take(),
  ];
  assertEquals(taken.map(({ bytes }) => bytes.length), [5, 5, 5]);
  assertEquals(new Set(taken.map(({ bytes }) => bytes.buffer)).size, 3);
});

Deno.test("Blocks gives a buffer that was given back again, and makes no other", async () => {
  const blocks = new Blocks(8, 1);
  let last: Uint8Array | undefined;
  for (let round = 0; round < 3; round++) {
    using block = await blocks.take();
    if (last !== undefined) assert(block.bytes === last);
    last = block.bytes;
  }
});

Deno.test("Blocks has whoever comes when all are taken wait, in turn", async () => {
  const blocks = new Blocks(2, 1);
  const first = await blocks.take();
  const second = await blocks.take();
  const given: { name: string; block: Block }[] = [];
  const take = (name: string): void => {
    blocks.take().then((block) => given.push({ name, block }));
  };
  for (const name of ["a", "b", "c"]) take(name);
  await turn();
  assertEquals(given.length, 0);
  second[Symbol.dispose]();
  await turn();
  assertEquals(given.map(({ name }) => name), ["a"]);
  assert(given[0]!.block.bytes === second.bytes);
  first[Symbol.dispose]();
  given[0]!.block[Symbol.dispose]();
  await turn();
  assertEquals(given.map(({ name }) => name), ["a", "b", "c"]);
  assert(given[1]!.block.bytes === first.bytes);
  assert(given[2]!.block.bytes === second.bytes);
});
