import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { findQuietly } from "../../../lib/filesystem/find_quietly.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";

Deno.test("findQuietly(): finds nothing where a look fails, and an entry that is there", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/f", "abc");
  await files.symlink("/loop", "loop");
  await assertRejects(() => files.find("/loop"), EntryError);
  assertEquals((await findQuietly(files, "/f"))?.size, 3);
  for (const path of ["/missing", "/loop", "/f/x"]) {
    assertEquals(await findQuietly(files, path), undefined, path);
  }
});

Deno.test("findQuietly(): swallows no fault but an entry's", async () => {
  const files = new MemoryFileSystem();
  files.find = () => Promise.reject(new RangeError("a bug"));
  await assertRejects(() => findQuietly(files, "/f"), RangeError, "a bug");
});
