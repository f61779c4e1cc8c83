import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { PlannedEntries } from "../../../lib/filesystem/planned_entries.ts";
import { skipReasonOf } from "../../../lib/filesystem/existing_files.ts";
import {
  UnchangedFileSystem,
  UnseenFileSystem,
} from "../../../lib/filesystem/unchanged_file_system.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import { TIMES } from "../../support/file_systems/store_policies.ts";

function viewOf(
  files: MemoryFileSystem,
  onDirectory: (path: string) => void = () => {},
): UnchangedFileSystem {
  return new UnchangedFileSystem(files, new PlannedEntries(), onDirectory);
}

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
  const view = viewOf(files, (path) => directories.push(path));
  for (
    const file of [
      await view.openToWrite("d/f", 0o600, await files.find("d/f")),
      await view.openToWrite("d/other", 0o600),
      await view.createNew("d/new", 0o600),
    ]
  ) {
    await file.write(new Uint8Array(3), 0);
    await file.truncate(3);
    await file.setMode(0o777);
    await file.setTimes(TIMES);
    await file.close();
  }
  await view.remove("d/f");
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
  const view = viewOf(files);
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
  const view = viewOf(disk());
  for (
    const step of [
      () => view.createNew("d/f", 0o600),
      () => view.symlink("d/f", "x", false),
    ]
  ) await assertRejects(step, EntryError, "d/f: File exists");
});

Deno.test("UnchangedFileSystem: cannot replace in one step where its base cannot", () => {
  const files = disk();
  Object.defineProperty(files, "replace", { value: undefined });
  assertEquals(
    viewOf(files).replace,
    undefined,
  );
});

Deno.test("UnchangedFileSystem: shows files and links as the real run would leave them", async () => {
  const files = disk();
  const view = viewOf(files);
  using made = await view.createNew("d/.new.x", 0o600, "d/new");
  await made.truncate(5);
  await made.setTimes(TIMES);
  assertEquals((await view.find("d/.new.x"))?.size, 5);
  await view.replace!("d/.new.x", "d/new");
  assertEquals(await view.find("d/.new.x"), undefined);
  const found = await view.find("d/new");
  assertEquals([found?.kind, found?.size], ["file", 5]);
  const same = { size: 5, modified: TIMES.modified };
  assertEquals(
    skipReasonOf(same, found, {
      ...{ keepsAll: false, keepsSame: true, keepsNewer: false },
      path: "d/new",
    }),
    "same size and time",
  );
  assertEquals(await view.identify("d/new"), "new:d/new");
  const there = await files.find("d/f");
  using over = await view.openToWrite("d/f", 0o600, there);
  await over.truncate(9);
  assertEquals((await view.stat("d/f")).size, 9);
  assertEquals(await view.identify("d/f"), await files.identify("d/f"));
  await view.symlink("d/f", "gone");
  assertEquals(await view.readlink("d/f"), "gone");
  assertEquals(await view.find("d/f"), undefined);
  await view.remove("d/f");
  assertEquals((await view.find("d/f"))?.size, 3);
});

Deno.test("UnchangedFileSystem: makes nothing where there is no directory for it", async () => {
  const view = viewOf(disk());
  await view.mkdir("d/sub");
  for (
    const [path, reason] of [
      ["d/no/f", "No such file or directory"],
      ["d/f/f", "Not a directory"],
    ] as const
  ) {
    for (
      const step of [
        () => view.openToWrite(path, 0o600),
        () => view.createNew(path, 0o600),
        () => view.mkdir(path),
        () => view.symlink(path, "x"),
      ]
    ) {
      const { message } = await assertRejects(step, EntryError);
      assertEquals(message, `${path}: ${reason}`);
    }
  }
  await assertRejects(
    () => view.mkdir("d/sub"),
    EntryError,
    "d/sub: File exists",
  );
});

Deno.test("UnseenFileSystem: knows of nothing what is there", async () => {
  const view = new UnseenFileSystem(disk(), {
    label: "far: ",
    planned: new PlannedEntries(),
    onDirectory: () => {},
  });
  assertEquals(view.label, "far: ");
  assertEquals((await view.find("d/f")).kind, "unknown");
  assertEquals(await view.identify(), undefined);
  const file = await view.createNew("d/new");
  assertEquals((await file.stat()).size, 0);
  await view.openToWrite("d/f", 0o600);
  assertEquals((await view.find("d/f")).kind, "file");
});
