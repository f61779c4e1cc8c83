import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type { Attributes } from "../../../lib/filesystem/file_system.ts";
import { LocalFiles } from "../../../lib/disk/local_files.ts";
import {
  checkOutside,
  type CopiedFolder,
  openFolder,
} from "../../../lib/filesystem/directory_loops.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { makeTree } from "../../support/tree.ts";

const files = new LocalFiles();

const attributes: Attributes = {
  kind: "folder",
  size: 0,
  mode: 0o755,
  modified: 0,
  accessed: 0,
};

/** A place where nothing tells which entries are the same. */
class NoIdentities extends LocalFiles {
  override async identify(): Promise<undefined> {}
}

Deno.test("openFolder() knows the folders above by what identifies them", async () => {
  const open = (path: string, identity: string, above?: CopiedFolder) =>
    openFolder(files, { path, attributes: { ...attributes, identity }, above });
  const top = await open("d", "1");
  const inner = await open("d/e", "2", top);
  assertEquals([top.depth, inner.depth], [1, 2]);
  await open("d/e/f", "3", inner);
  for (const [identity, again] of [["1", "d"], ["2", "d/e"]] as const) {
    const error = await assertRejects(
      () => open("d/e/f", identity, inner),
      EntryError,
    );
    assertEquals(
      error.message,
      `d/e/f: Too many levels of symbolic links: it is ${again} again`,
    );
  }
  // A folder beside it is none above it.
  await open("d/f", "2", top);
});

Deno.test("openFolder() asks what identifies a folder where that was not told", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "d/e/" }]);
  const open = (path: string, above?: CopiedFolder) =>
    openFolder(files, { path: folder.path + path, attributes, above });
  const top = await open("/d");
  await open("/d/e", top);
  await assertRejects(() => open("/d/e/..", top), EntryError, "/d again");
});

Deno.test("openFolder() opens no more than 1000 folders in each other", async () => {
  const nowhere = new NoIdentities();
  const open = (above: CopiedFolder | undefined): Promise<CopiedFolder> =>
    openFolder(nowhere, { path: "d", attributes, above });
  let folder: CopiedFolder | undefined;
  for (let depth = 1; depth <= 1000; depth++) folder = await open(folder);
  const error = await assertRejects(() => open(folder), EntryError);
  assertEquals(error.message, "d: folders are more than 1000 deep");
});

Deno.test("checkOutside() throws for a folder and all that is in it, nothing else", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "d/e/f/" }, { path: "de/" }]);
  const outer = await openFolder(files, {
    path: `${folder.path}/d`,
    attributes,
    above: undefined,
  });
  for (const path of ["d", "d/e", "d/e/f", "de/../d/e"]) {
    const error = await assertRejects(
      () => checkOutside(files, `${folder.path}/${path}`, outer),
      EntryError,
    );
    assertEquals(
      error.message,
      `${folder.path}/d: cannot copy a directory into itself`,
    );
  }
  for (const path of ["de", "", "de/..", "d/.."]) {
    await checkOutside(files, `${folder.path}/${path}`, outer);
  }
});

Deno.test("checkOutside() lets be what nothing identifies", async () => {
  using folder = new TempFolder();
  const nowhere = new NoIdentities();
  const outer = await openFolder(nowhere, {
    path: folder.path,
    attributes,
    above: undefined,
  });
  await checkOutside(nowhere, folder.path, outer);
});
