import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type { Attributes } from "../../../lib/filesystem/file_system.ts";
import { checkDifferent } from "../../../lib/tree/same_file.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";

/** Attributes of a file, with an identity or without one. */
function found(identity?: string): Attributes {
  return {
    kind: "file",
    size: 0,
    mode: 0o644,
    modified: 0,
    accessed: 0,
    ...(identity === undefined ? {} : { identity }),
  };
}

Deno.test("checkDifferent(): refuses two paths of one file, and says which", async () => {
  const files = new MemoryFileSystem();
  const error = await assertRejects(
    () =>
      checkDifferent(
        { files, path: "/a", attributes: found("1:2") },
        { files, path: "/b", attributes: found("1:2") },
      ),
    EntryError,
  );
  assertEquals(error.message, "/a: /b is the same file");
});

Deno.test("checkDifferent(): takes different files, and files of different file systems", async () => {
  const files = new MemoryFileSystem();
  await checkDifferent(
    { files, path: "/a", attributes: found("1:2") },
    { files, path: "/b", attributes: found("1:3") },
  );
  await checkDifferent(
    { files, path: "/a", attributes: found("1:2") },
    { files: new MemoryFileSystem(), path: "/a", attributes: found("1:2") },
  );
});

Deno.test("checkDifferent(): asks for the identity where the attributes have none", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/a", "text");
  await assertRejects(
    () =>
      checkDifferent(
        { files, path: "/a", attributes: found() },
        { files, path: "/a", attributes: found() },
      ),
    EntryError,
    "is the same file",
  );
});
