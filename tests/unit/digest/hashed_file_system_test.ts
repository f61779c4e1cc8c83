import { assertEquals } from "@std/assert";
import { HashedFileSystem } from "../../../lib/digest/hashed_file_system.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";

const HASH = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Opens a file of a view to write it. */
async function opened() {
  const files = new HashedFileSystem(new MemoryFileSystem());
  return await files.openToWrite("f", 0o644);
}

Deno.test("HashedFileSystem: tells the hash of what was written in its order", async () => {
  using file = await opened();
  await file.write(bytes("ab"), 0);
  await file.write(bytes("c"), 2);
  assertEquals(file.hashOfPassed!(3), HASH);
});

Deno.test("HashedFileSystem: tells the hash of what was read, though its start was read twice", async () => {
  const files = new HashedFileSystem(new MemoryFileSystem());
  {
    using made = await files.openToWrite("f", 0o644);
    await made.write(bytes("abc"), 0);
    await made.close();
  }
  using file = await files.openToRead("f");
  await file.read(new Uint8Array(1), 0);
  await file.read(new Uint8Array(2), 0);
  await file.read(new Uint8Array(9), 2);
  await file.read(new Uint8Array(9), 3);
  assertEquals(file.hashOfPassed!(3), HASH);
});

Deno.test("HashedFileSystem: tells no hash of what was written out of its order", async () => {
  using file = await opened();
  await file.write(bytes("c"), 2);
  await file.write(bytes("ab"), 0);
  assertEquals(file.hashOfPassed!(3), undefined);
});

Deno.test("HashedFileSystem: tells no hash of another length than asked for", async () => {
  using file = await opened();
  await file.write(bytes("abc"), 0);
  assertEquals(file.hashOfPassed!(2), undefined);
});
