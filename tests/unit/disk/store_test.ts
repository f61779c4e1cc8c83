/** Received entries on the real disk: the modes and times that a system keeps. */

import { assert, assertEquals } from "@std/assert";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import type { StorePolicy } from "../../../lib/filesystem/store.ts";
import { StoredDirectory } from "../../../lib/filesystem/stored_directory.ts";
import { StoredFile } from "../../../lib/filesystem/stored_file.ts";
import {
  octal,
  PLAIN,
  PRESERVING,
  TIMES,
  UMASK_UNKNOWN,
} from "../../support/file_systems/store_policies.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";
import { onWindows } from "../../support/platform.ts";

const files = new LocalFileSystem();

function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o7777;
}

/** Receives "new" as a whole file. */
async function store(
  path: string,
  mode: number,
  policy: StorePolicy,
): Promise<void> {
  using stored = await StoredFile.create(files, { path, mode }, policy);
  await stored.file.write(new TextEncoder().encode("new"), 0);
  assertEquals(await stored.finish(3, TIMES), undefined);
}

Deno.test("StoredFile: gives a file its content and times, new or not", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "old", content: "much longer" }]);
  for (const name of ["new", "old"]) {
    const path = `${directory.path}/${name}`;
    await store(path, 0o644, PLAIN);
    const { mtime, atime } = Deno.statSync(path);
    assertEquals(mtime?.getTime(), TIMES.modified);
    assertEquals(atime?.getTime(), TIMES.accessed);
  }
  assertEquals(listing(directory.path), ['new = "new"', 'old = "new"']);
});

Deno.test(
  "StoredFile and StoredDirectory: give a new entry the mode of the policy",
  {
    ignore: onWindows,
  },
  async () => {
    const rows: readonly (readonly [
      announced: number,
      policy: StorePolicy,
      expected: number,
    ])[] = [
      [0o755, PLAIN, 0o700],
      [0o444, PLAIN, 0o400],
      [0o000, PLAIN, 0o000],
      [0o6777, PLAIN, 0o700],
      [0o444, PRESERVING, 0o444],
      [0o4755, PRESERVING, 0o4755],
      [0o6755, { ...PRESERVING, modeBits: 0o777 }, 0o755],
      [0o1777, PRESERVING, 0o1777],
    ];
    for (const [mode, policy, expected] of rows) {
      using place = new TempDirectory();
      const row = `${octal(mode)} ${JSON.stringify(policy)}`;
      await store(`${place.path}/f`, mode, policy);
      assertEquals(octal(modeOf(`${place.path}/f`)), octal(expected), row);
      const path = `${place.path}/d`;
      const replaced = undefined;
      const entry = { path, mode, replaced };
      const stored = await StoredDirectory.enter(files, entry, policy);
      Deno.writeTextFileSync(`${path}/f`, "");
      assertEquals(await stored.leave(TIMES), undefined, row);
      assertEquals(octal(modeOf(path)), octal(expected), row);
      assertEquals(Deno.statSync(path).mtime?.getTime(), TIMES.modified);
    }
  },
);

Deno.test(
  "StoredDirectory: keeps the set-group-ID bit that Linux has a new directory inherit",
  {
    ignore: Deno.build.os !== "linux",
  },
  async () => {
    const rows: readonly (readonly [
      announced: number,
      policy: StorePolicy,
      expected: number,
    ])[] = [
      [0o555, PLAIN, 0o2500],
      [0o1777, PLAIN, 0o3700],
      [0o555, PRESERVING, 0o2555],
      [0o555, UMASK_UNKNOWN, 0o2555],
    ];
    for (const [mode, policy, expected] of rows) {
      using directory = new TempDirectory();
      Deno.chmodSync(directory.path, 0o2775);
      const path = `${directory.path}/d`;
      const entry = { path, mode, replaced: undefined };
      const stored = await StoredDirectory.enter(files, entry, policy);
      assertEquals(await stored.leave(TIMES), undefined);
      const row = `${octal(mode)} ${JSON.stringify(policy)}`;
      assertEquals(octal(modeOf(path)), octal(expected), row);
    }
  },
);

Deno.test("StoredFile: stores into /dev/null, and leaves its mode", {
  ignore: onWindows,
}, async () => {
  const before = await files.stat("/dev/null");
  for (const policy of [PLAIN, PRESERVING]) {
    const path = "/dev/null";
    // The mode that it has already: a mistake here would harm the machine.
    const entry = { path, mode: before.mode, replaced: before };
    using stored = await StoredFile.open(files, entry, policy);
    await stored.file.write(new TextEncoder().encode("new"), 0);
    assertEquals(await stored.finish(3, undefined), undefined);
  }
  const after = await files.stat("/dev/null");
  assertEquals([after.kind, after.mode], ["other", before.mode]);
});

Deno.test("finish(): finds out that another file has taken the name", {
  ignore: onWindows, // No name is free there while its file is open.
}, async () => {
  using directory = new TempDirectory();
  const path = `${directory.path}/f`;
  const place = { path, mode: 0o644 };
  using stored = await StoredFile.create(files, place, PRESERVING);
  Deno.removeSync(path);
  Deno.writeTextFileSync(path, "other");
  const failure = await stored.finish(0, TIMES);
  assertEquals(
    failure?.message,
    `${path}: it was removed or replaced while it was written`,
  );
  assertEquals(listing(directory.path), ['f = "other"']);
  assert(Deno.statSync(path).mtime!.getTime() > TIMES.modified);
});
