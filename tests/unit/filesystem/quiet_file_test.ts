import { assert, assertEquals } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { QuietFile } from "../../../lib/filesystem/quiet_file.ts";
import { withFaults } from "../../support/file_systems/faulty_file.ts";
import { MemoryFile } from "../../support/file_systems/memory_file.ts";

async function fileOf(modified: number): Promise<MemoryFile> {
  const file = new MemoryFile(Uint8Array.of(1, 2, 3));
  await file.setTimes({ modified, accessed: 0 });
  return file;
}

Deno.test("QuietFile: is a file that nobody has written to for ten seconds", async () => {
  const now = Date.now();
  const rows = [[0, true], [11_000, true], [9000, false], [
    0.5,
    false,
  ]] as const;
  for (const [ago, isQuiet] of rows) {
    const modified = ago === 0 ? 0 : now - ago;
    const quiet = await QuietFile.of(await fileOf(modified));
    assertEquals(quiet !== undefined, isQuiet, `${ago} ms ago`);
  }
  // A clock that is wrong tells nothing.
  assertEquals(await QuietFile.of(await fileOf(now + 100_000)), undefined);
});

Deno.test("QuietFile: tells of any write, and of a cut, though it grew again", async () => {
  const changes: readonly ((file: MemoryFile) => Promise<void>)[] = [
    (file) => file.write(Uint8Array.of(1), 0),
    (file) => file.write(Uint8Array.of(1), 3),
    async (file) => {
      await file.truncate(1);
      await file.write(Uint8Array.of(2, 3), 1);
    },
    async (file) => {
      await file.truncate(1);
      await file.setTimes({ modified: 0, accessed: 0 });
    },
  ];
  for (const change of changes) {
    const file = await fileOf(0);
    const quiet = (await QuietFile.of(file))!;
    assert(await quiet.isUnchanged());
    await change(file);
    assert(!await quiet.isUnchanged());
  }
});

Deno.test("QuietFile: is none where the file cannot be looked at, and unchanged no more", async () => {
  let isLost = true;
  const file = withFaults(await fileOf(0), {
    stat: () =>
      isLost
        ? Promise.reject(new EntryError("f: Stale file handle"))
        : fileOf(0).then((file) => file.stat()),
  });
  assertEquals(await QuietFile.of(file), undefined);
  isLost = false;
  const quiet = (await QuietFile.of(file))!;
  isLost = true;
  assert(!await quiet.isUnchanged());
});
