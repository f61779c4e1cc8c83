/** Events about the end of each entry of a tree. */

import { assertEquals } from "@std/assert";
import { EntryError, LostFileError } from "../../../lib/errors.ts";
import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import type { TransferOptions } from "../../../lib/tree/options.ts";
import { withFaults } from "../../support/file_systems/faulty_file.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";

/** Copies the tree `d` to `to`, from a disk whose files are opened so. */
async function copy(
  openToRead: (
    path: string,
    open: FileSystem["openToRead"],
  ) => ReturnType<FileSystem["openToRead"]>,
  options: Partial<TransferOptions> = {},
): Promise<RecordingObserver> {
  const from = new MemoryFileSystem();
  from.addDirectory("d");
  from.addDirectory("d/e");
  from.addFile("d/a", "a");
  from.addFile("d/e/b", "bb");
  const open = from.openToRead.bind(from);
  from.openToRead = (path) => openToRead(path, open);
  const observer = new RecordingObserver();
  const files = new MemoryFileSystem();
  await copyTree(
    { files: from, entries: [{ path: "d" }] },
    { files, path: "to", mustBeDirectory: false },
    {
      options: { ...transferOptions(), isWatched: true, ...options },
      observer,
    },
  );
  return observer;
}

for (const [namedBy, root] of [["source", "d"], ["target", "to"]] as const) {
  Deno.test(`copyTree(): reports each file that arrived, by its path in the ${namedBy}`, async () => {
    const { outcomes } = await copy((path, open) => open(path), { namedBy });
    assertEquals(outcomes.toSorted(), [
      `${root}/a copied`,
      `${root}/e/b copied`,
    ]);
  });

  Deno.test(`copyTree(): reports a failure with the entry's path in the ${namedBy}`, async () => {
    const observer = await copy((path, open) => {
      if (path !== "d/a") return open(path);
      throw new EntryError(`${path}: Permission denied`);
    }, { namedBy });
    assertEquals(observer.failures, ["d/a: Permission denied"]);
    assertEquals(observer.failedPaths, [`${root}/a`]);
    assertEquals(observer.outcomes, [`${root}/e/b copied`]);
  });
}

Deno.test("copyTree(): a file whose connection was lost begins again", async () => {
  let isFirst = true;
  const { outcomes } = await copy(async (path, open) => {
    const file = await open(path);
    if (path !== "d/a" || !isFirst) return file;
    isFirst = false;
    return withFaults(file, {
      read: () => Promise.reject(new LostFileError("lost")),
    });
  });
  assertEquals(outcomes.toSorted(), [
    "to/a again",
    "to/a copied",
    "to/e/b copied",
  ]);
});
