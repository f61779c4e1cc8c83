import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type { Attributes } from "../../../lib/filesystem/file_system.ts";
import {
  checkLoop,
  checkOutside,
  type CopiedDirectory,
  openDirectory,
} from "../../../lib/filesystem/directory_loops.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";

const attributes: Attributes = {
  kind: "directory",
  size: 0,
  mode: 0o755,
  modified: 0,
  accessed: 0,
};

/** Gives a disk with these directories. */
function diskOf(...paths: readonly string[]): MemoryFileSystem {
  const files = new MemoryFileSystem();
  for (const path of paths) files.addDirectory(path);
  return files;
}

/** A disk that cannot tell which entries are the same. */
class NoIdentities extends MemoryFileSystem {
  override async identify(): Promise<undefined> {}
}

Deno.test("openDirectory(): knows the directories above by what identifies them", async () => {
  const open = (path: string, identity: string, above?: CopiedDirectory) =>
    openDirectory(diskOf(), {
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

Deno.test("openDirectory(): asks what identifies a directory where that was not told", async () => {
  const files = diskOf("/d", "/d/e");
  const open = (path: string, above?: CopiedDirectory) =>
    openDirectory(files, { path, attributes, above });
  const top = await open("/d");
  await open("/d/e", top);
  await assertRejects(() => open("/d/e/..", top), EntryError, "/d again");
});

Deno.test("openDirectory(): asks nothing about a directory that is no link where its identity follows", async () => {
  class Following extends MemoryFileSystem {
    asked: string[] = [];

    override async identify(path: string): Promise<string | undefined> {
      this.asked.push(path);
      return path === "link" || path.endsWith("/up") ? "/real/d" : undefined;
    }

    readonly identifyInside = (above: string, name: string) =>
      `${above}/${name}`;
  }
  const files = new Following();
  const open = (path: string, isNoLink: boolean, above?: CopiedDirectory) =>
    openDirectory(files, { path, attributes, isNoLink, above });
  const top = await open("link", true);
  const inner = await open("link/e", true, top);
  assertEquals([top.identity, inner.identity], ["/real/d", "/real/d/e"]);
  // What may be a link is asked about, and so is all that is in a directory of no
  // identity.
  const error = await assertRejects(
    () => open("link/e/up", false, inner),
    EntryError,
  );
  assertEquals(
    error.message,
    "link/e/up: Too many levels of symbolic links: it is link again",
  );
  const unknown = await open("link/f", false, top);
  const below = await open("link/f/g", true, unknown);
  assertEquals(below.identity, undefined);
  assertEquals(files.asked, ["link", "link/e/up", "link/f", "link/f/g"]);
});

Deno.test("openDirectory(): opens no more than 1000 directories in each other", async () => {
  const files = new NoIdentities();
  const open = (above: CopiedDirectory | undefined): Promise<CopiedDirectory> =>
    openDirectory(files, { path: "d", attributes, above });
  let directory: CopiedDirectory | undefined;
  for (let depth = 1; depth <= 1000; depth++) directory = await open(directory);
  const error = await assertRejects(() => open(directory), EntryError);
  assertEquals(error.message, "d: directories are more than 1000 deep");
});

Deno.test("checkOutside(): throws for a directory and all that is in it, nothing else", async () => {
  const files = diskOf("/d", "/d/e", "/d/e/f", "/de");
  await files.symlink("/de/link", "../d/e");
  const outer = await openDirectory(files, {
    path: "/d",
    attributes,
    above: undefined,
  });
  for (const path of ["/d", "/d/e", "/d/e/f", "/de/../d/e", "/de/link"]) {
    const error = await assertRejects(
      () => checkOutside(files, path, outer),
      EntryError,
    );
    assertEquals(error.message, "/d: cannot copy a directory into itself");
  }
  for (const path of ["/de", "/", "/de/..", "/d/.."]) {
    await checkOutside(files, path, outer);
  }
});

Deno.test("checkOutside(): lets be what nothing identifies", async () => {
  const files = new NoIdentities();
  const outer = await openDirectory(files, {
    path: "/",
    attributes,
    above: undefined,
  });
  await checkOutside(files, "/", outer);
});

Deno.test("checkLoop(): puts the label before the path, and passes what nothing identifies", () => {
  const above = { path: "d", identity: "1", above: undefined };
  checkLoop({ path: "d/e", identity: undefined, above });
  assertThrows(
    () => checkLoop({ path: "d/e", identity: "1", above }, "host:"),
    EntryError,
    "host:d/e: Too many levels of symbolic links: it is d again",
  );
});
