import { assertEquals } from "@std/assert";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { copyTree, type Target } from "../../../lib/tree/copy_tree.ts";
import type { SourceEntry } from "../../../lib/tree/tree_copier.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { keptMode } from "../../support/platform.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";

const OLD_SECONDS = 1_000_000_000;
const OLDER_SECONDS = 900_000_000;

/** Copies as `-rp` does, from one place to another; gives what failed. */
async function copy(
  entries: readonly SourceEntry[],
  target: Omit<Target, "files">,
): Promise<readonly string[]> {
  const observer = new RecordingObserver();
  await copyTree(
    { files: new LocalFileSystem(), entries },
    { files: new LocalFileSystem(), ...target },
    {
      options: transferOptions({
        store: { preserve: true, umask: 0o022, modeBits: 0o1777 },
      }),
      observer,
    },
  );
  return observer.failures;
}

function attributesOf(path: string): readonly [mode: number, seconds: number] {
  const { mode, mtime } = Deno.statSync(path);
  return [mode! & 0o7777, mtime!.getTime() / 1000];
}

function makeSource(directory: string): void {
  makeTree(directory, [
    { path: "src/sub/f", content: "f" },
    { path: "src/sub/", mode: 0o750, modified: OLD_SECONDS },
    { path: "src/", mode: 0o1711, modified: OLD_SECONDS },
  ]);
}

const DOT_PATHS: readonly (readonly [path: string, name?: string])[] = [
  ["src/."],
  ["src/sub/.."],
  ["src", ""],
  ["src", "."],
  ["src", ".."],
];

for (const [path, name] of DOT_PATHS) {
  const entry = `${path}${name === undefined ? "" : ` named "${name}"`}`;

  Deno.test(
    `copyTree(): what ${entry} holds goes straight into a target, which keeps its mode and times`,
    async () => {
      using directory = new TempDirectory();
      makeSource(directory.path);
      makeTree(directory.path, [
        { path: "to/sub/", mode: 0o700 },
        { path: "to/", mode: 0o2700, modified: OLDER_SECONDS },
      ]);
      const entries = [{
        path: `${directory.path}/${path}`,
        ...(name === undefined ? {} : { name }),
      }];
      const to = `${directory.path}/to`;
      const target = { path: to, mustBeDirectory: false };
      assertEquals(await copy(entries, target), []);
      assertEquals(listing(to), ["sub/", 'sub/f = "f"']);
      // Nothing was made in it: only its own attributes could have changed it.
      assertEquals(attributesOf(to), [keptMode(0o2700), OLDER_SECONDS]);
      assertEquals(attributesOf(`${to}/sub`), [keptMode(0o750), OLD_SECONDS]);
    },
  );

  Deno.test(
    `copyTree(): what ${entry} holds goes into a missing target, which is made like any`,
    async () => {
      using directory = new TempDirectory();
      makeSource(directory.path);
      const entries = [{
        path: `${directory.path}/${path}`,
        ...(name === undefined ? {} : { name }),
      }];
      const to = `${directory.path}/to`;
      const target = { path: to, mustBeDirectory: false };
      assertEquals(await copy(entries, target), []);
      assertEquals(listing(to), ["sub/", 'sub/f = "f"']);
      assertEquals(attributesOf(to), [keptMode(0o1711), OLD_SECONDS]);
    },
  );
}

Deno.test("copyTree(): an entry gets the name it is given, not its path's", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/f", content: "f" },
    { path: "g", content: "g" },
    { path: "to/" },
  ]);
  const entries = [
    { path: `${directory.path}/d`, name: "bob" },
    { path: `${directory.path}/g`, name: "notes" },
  ];
  const target = { path: `${directory.path}/to`, mustBeDirectory: true };
  assertEquals(await copy(entries, target), []);
  assertEquals(
    listing(`${directory.path}/to`),
    ["bob/", 'bob/f = "f"', 'notes = "g"'],
  );
});

Deno.test("copyTree(): a single entry with a name goes under the very path of a missing target", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/f", content: "f" }]);
  const entries = [{ path: `${directory.path}/d`, name: "bob" }];
  const target = { path: `${directory.path}/new`, mustBeDirectory: false };
  assertEquals(await copy(entries, target), []);
  assertEquals(listing(`${directory.path}/new`), ['f = "f"']);
});

Deno.test("copyTree(): a name that is given and can be none is refused", async () => {
  for (const name of ["../evil", "a/b", "/", "a\0b"]) {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "g", content: "g" }, { path: "to/" }]);
    const entries = [{ path: `${directory.path}/g`, name }];
    const target = { path: `${directory.path}/to`, mustBeDirectory: true };
    assertEquals((await copy(entries, target)).length, 1, name);
    assertEquals(listing(directory.path), ['g = "g"', "to/"]);
  }
});

Deno.test("copyTree(): a file without a name does not become one", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "g", content: "" }, { path: "to/" }]);
  for (const name of ["", ".", ".."]) {
    const entries = [{ path: `${directory.path}/g`, name }];
    const to = `${directory.path}/to`;
    assertEquals(
      await copy(entries, { path: to, mustBeDirectory: false }),
      [`${to}: Is a directory`],
    );
    assertEquals(listing(directory.path), ['g = ""', "to/"]);
  }
});
