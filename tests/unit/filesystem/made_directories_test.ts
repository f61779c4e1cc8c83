import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { makeDirectories } from "../../../lib/filesystem/made_directories.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";

Deno.test("makeDirectories(): makes what is missing, and leaves the rest", async () => {
  for (const path of ["a/b/c", "a/b/c/", "/a/b/c", "a//b/c", "./a/b/./c/."]) {
    const files = new MemoryFileSystem();
    files.addDirectory("a", 0o711);
    files.addFile("a/f", "f");
    await makeDirectories(files, path);
    await makeDirectories(files, path);
    assertEquals(files.listing(), ["a/", "a/b/", "a/b/c/", 'a/f = "f"'], path);
    assertEquals([files.modeOf("a"), files.modeOf("a/b")], [0o711, 0o755]);
  }
});

Deno.test("makeDirectories(): fails where something else is there", async () => {
  const files = new MemoryFileSystem();
  files.addFile("f", "f");
  for (const path of ["f", "f/"]) {
    await assertRejects(
      () => makeDirectories(files, path),
      EntryError,
      `${path}: `,
    );
  }
  assertEquals(files.listing(), ['f = "f"']);
});

Deno.test("makeDirectories(): takes a directory that another copy makes meanwhile", async () => {
  class Racing extends MemoryFileSystem {
    override async mkdir(path: string, mode: number): Promise<void> {
      await super.mkdir(path, mode);
      await super.mkdir(path, mode);
    }
  }
  const files = new Racing();
  await makeDirectories(files, "a/b");
  assertEquals(files.listing(), ["a/", "a/b/"]);
});
