import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type { OpenFile } from "../../../lib/filesystem/file_system.ts";
import { SmallBodies } from "../../../lib/scp/small_bodies.ts";

/** A file of so many bytes that are their index; `reads` counts. */
function fileOf(length: number): { file: OpenFile; reads(): number } {
  let reads = 0;
  const read = async (into: Uint8Array, at: number) => {
    reads++;
    const count = Math.max(0, Math.min(into.length, length - at));
    for (let index = 0; index < count; index++) into[index] = at + index;
    return count;
  };
  return { file: { read } as OpenFile, reads: () => reads };
}

/** Reads a file whose attributes give a size; gives the number of bytes. */
async function lengthRead(
  length: number,
  size: number,
  limit = 100,
): Promise<number | undefined> {
  const { file } = fileOf(length);
  const body = await new SmallBodies().read(file, { path: "f", size, limit });
  return body?.length;
}

Deno.test("SmallBodies: reads a file up to the limit", async () => {
  assertEquals(await lengthRead(100, 100), 100);
  assertEquals(await lengthRead(101, 101), undefined);
});

Deno.test("SmallBodies: gives the bytes there are, whatever the size", async () => {
  assertEquals(await lengthRead(3, 100), 3);
  assertEquals(await lengthRead(100_000, 3), 100_000);
  assertEquals(await lengthRead(100_000, 0), 100_000);
  assertEquals(await lengthRead(0, 0), 0);
});

Deno.test("SmallBodies: gives no body of a large file that grew", async () => {
  assertEquals(await lengthRead(70_001, 70_000, 262_144), undefined);
});

Deno.test("SmallBodies: reads an empty file once", async () => {
  const { file, reads } = fileOf(0);
  await new SmallBodies().read(file, { path: "f", size: 0, limit: 100 });
  assertEquals(reads(), 1);
});

Deno.test("SmallBodies: gives a body's own bytes after a longer one", async () => {
  const bodies = new SmallBodies();
  await bodies.read(fileOf(9).file, { path: "f", size: 9, limit: 100 });
  assertEquals(
    await bodies.read(fileOf(2).file, { path: "g", size: 2, limit: 100 }),
    Uint8Array.of(0, 1),
  );
});

Deno.test("SmallBodies: throws the failure of a file of size 0 alone", async () => {
  const read = async () => {
    throw new EntryError("f: Input/output error");
  };
  const file = { read } as unknown as OpenFile;
  const bodies = new SmallBodies();
  assertEquals(
    await bodies.read(file, { path: "f", size: 3, limit: 100 }),
    undefined,
  );
  await assertRejects(
    () => bodies.read(file, { path: "f", size: 0, limit: 100 }),
    EntryError,
    "f: Input/output error",
  );
});
