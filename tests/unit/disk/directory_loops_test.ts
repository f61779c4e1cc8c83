import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type { Attributes } from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import {
  checkOutside,
  type CopiedDirectory,
  openDirectory,
} from "../../../lib/filesystem/directory_loops.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

const files = new LocalFileSystem();

const attributes: Attributes = {
  kind: "directory",
  size: 0,
  mode: 0o755,
  modified: 0,
  accessed: 0,
};

/** A place where nothing tells which entries are the same. */
class NoIdentities extends LocalFileSystem {
  override async identify(): Promise<undefined> {}
}

Deno.test("openDirectory() knows the directories above by what identifies them", async () => {
  const open = (path: string, identity: string, above?: CopiedDirectory) =>
    openDirectory(files, {
      path,
      attributes: { ...attributes, identity },
      above,
    });
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
  // A directory beside it is none above it.
  await open("d/f", "2", top);
});

Deno.test("openDirectory() asks what identifies a directory where that was not told", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/e/" }]);
  const open = (path: string, above?: CopiedDirectory) =>
    openDirectory(files, { path: directory.path + path, attributes, above });
  const top = await open("/d");
  await open("/d/e", top);
  await assertRejects(() => open("/d/e/..", top), EntryError, "/d again");
});

Deno.test("openDirectory() opens no more than 1000 directories in each other", async () => {
  const nowhere = new NoIdentities();
  const open = (above: CopiedDirectory | undefined): Promise<CopiedDirectory> =>
    openDirectory(nowhere, { path: "d", attributes, above });
  let directory: CopiedDirectory | undefined;
  for (let depth = 1; depth <= 1000; depth++) directory = await open(directory);
  const error = await assertRejects(() => open(directory), EntryError);
  assertEquals(error.message, "d: directories are more than 1000 deep");
});

Deno.test("checkOutside() throws for a directory and all that is in it, nothing else", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/e/f/" }, { path: "de/" }]);
  const outer = await openDirectory(files, {
    path: `${directory.path}/d`,
    attributes,
    above: undefined,
  });
  for (const path of ["d", "d/e", "d/e/f", "de/../d/e"]) {
    const error = await assertRejects(
      () => checkOutside(files, `${directory.path}/${path}`, outer),
      EntryError,
    );
    assertEquals(
      error.message,
      `${directory.path}/d: cannot copy a directory into itself`,
    );
  }
  for (const path of ["de", "", "de/..", "d/.."]) {
    await checkOutside(files, `${directory.path}/${path}`, outer);
  }
});

Deno.test("checkOutside() lets be what nothing identifies", async () => {
  using directory = new TempDirectory();
  const nowhere = new NoIdentities();
  const outer = await openDirectory(nowhere, {
    path: directory.path,
    attributes,
    above: undefined,
  });
  await checkOutside(nowhere, directory.path, outer);
});
