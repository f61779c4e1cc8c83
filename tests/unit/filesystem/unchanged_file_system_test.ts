import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import {
  UnchangedFileSystem,
  UnseenFileSystem,
} from "../../../lib/filesystem/unchanged_file_system.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import { TIMES } from "../../support/file_systems/store_policies.ts";

function disk(): MemoryFileSystem {
  const files = new MemoryFileSystem();
  files.addDirectory("d", 0o711);
  files.addFile("d/f", "old");
  return files;
}

Deno.test("UnchangedFileSystem: takes every change, and changes nothing", async () => {
  const files = disk();
  const before = files.listing();
  const directories: string[] = [];
  const view = new UnchangedFileSystem(files, (path) => directories.push(path));
  for (
    const file of [
      await view.openToWrite(),
      await view.createNew("d/new"),
      (await view.create!("d/other", 0o600))!,
    ]
  ) {
    await file.write(new Uint8Array(3), 0);
    await file.truncate(3);
    await file.setMode(0o777);
    await file.setTimes(TIMES);
    await file.close();
  }
  await view.remove();
  await view.replace!("d/f", "d/g");
  await view.setMode();
  await view.setTimes();
  await view.mkdir("d/sub");
  await view.symlink("d/link", "f");
  assertEquals(files.listing(), before);
  assertEquals(files.modeOf("d"), 0o711);
  assertEquals(directories, ["d/sub"]);
});

Deno.test("UnchangedFileSystem: shows the directories that would be there", async () => {
  const files = disk();
  const view = new UnchangedFileSystem(files, () => {});
  await view.mkdir("d/sub");
  await view.mkdir("d/sub/sub");
  for (const path of ["d/sub", "d/sub/sub"]) {
    assertEquals((await view.find(path))?.kind, "directory");
    assertEquals((await view.stat(path)).kind, "directory");
    assertEquals(await Array.fromAsync(await view.readdir(path)), []);
    assertEquals(await view.find(`${path}/f`), undefined);
    assertEquals(await view.readlink(`${path}/f`), undefined);
  }
  assertEquals((await view.find("d/f"))?.size, 3);
  assertEquals(
    await view.identify("d/sub/sub/.."),
    await view.identify("d/sub"),
  );
  assertEquals(await view.identify("d/sub/.."), await files.identify("d"));
});

Deno.test("UnchangedFileSystem: makes no file where something is", async () => {
  const view = new UnchangedFileSystem(disk(), () => {});
  for (
    const step of [
      () => view.createNew("d/f"),
      () => view.symlink("d/f", "x", false),
    ]
  ) await assertRejects(step, EntryError, "d/f: File exists");
});

Deno.test("UnchangedFileSystem: cannot replace in one step where its base cannot", () => {
  const files = disk();
  Object.defineProperty(files, "replace", { value: undefined });
  assertEquals(
    new UnchangedFileSystem(files, () => {}).replace,
    undefined,
  );
});

Deno.test("UnseenFileSystem: knows of nothing what is there", async () => {
  const view = new UnseenFileSystem(disk(), "far: ", () => {});
  assertEquals(view.label, "far: ");
  assertEquals((await view.find()).kind, "unknown");
  assertEquals(await view.identify(), undefined);
  const file = await view.createNew();
  assertEquals((await file.stat()).size, 0);
});
