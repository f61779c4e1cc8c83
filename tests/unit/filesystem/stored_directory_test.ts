import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type { StorePolicy } from "../../../lib/filesystem/store.ts";
import { StoredDirectory } from "../../../lib/filesystem/stored_directory.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import {
  ModeNotingFileSystem,
  octal,
  PLAIN,
  PRESERVING,
  TIMES,
  UMASK_UNKNOWN,
} from "../../support/file_systems/store_policies.ts";

/** Enters a directory that is announced, in place of what is found. */
async function enter(
  files: MemoryFileSystem,
  mode: number,
  policy: StorePolicy,
  path = "/d",
): Promise<StoredDirectory> {
  const replaced = await files.find(path);
  return await StoredDirectory.enter(files, { path, mode, replaced }, policy);
}

Deno.test("StoredDirectory: keeps a new directory open to its owner until it is left", async () => {
  const rows: readonly (readonly [
    announced: number,
    policy: Partial<StorePolicy>,
    whileOpen: number,
    afterwards: number,
  ])[] = [
    [0o755, {}, 0o700, 0o700],
    [0o555, {}, 0o700, 0o500],
    [0o000, {}, 0o700, 0o000],
    [0o2755, {}, 0o700, 0o700],
    [0o4755, {}, 0o700, 0o700],
    [0o555, { preserve: true }, 0o700, 0o555],
    [0o500, { preserve: true }, 0o700, 0o500],
    [0o2755, { preserve: true, modeBits: 0o777 }, 0o700, 0o755],
    [0o4555, { preserve: true, modeBits: 0o777 }, 0o700, 0o555],
  ];
  for (const [announced, policy, whileOpen, afterwards] of rows) {
    const files = new MemoryFileSystem();
    const row = `${octal(announced)} ${JSON.stringify(policy)}`;
    const stored = await enter(files, announced, { ...PLAIN, ...policy });
    assertEquals(octal(files.modeOf("/d") & 0o7700), octal(whileOpen), row);
    assertEquals(await stored.leave(undefined), undefined);
    assertEquals(octal(files.modeOf("/d")), octal(afterwards), row);
  }
});

Deno.test("StoredDirectory: is never open to more than it was announced with", async () => {
  for (const policy of [PLAIN, PRESERVING]) {
    const files = new MemoryFileSystem();
    await enter(files, 0o700, policy);
    assertEquals(octal(files.modeOf("/d")), "0700");
    await enter(files, 0o500, policy);
    assertEquals(octal(files.modeOf("/d")), "0700");
  }
});

Deno.test("StoredDirectory: leaves the mode and the entries of a directory that was there", async () => {
  const files = new MemoryFileSystem();
  files.addDirectory("/d", 0o751);
  files.addFile("/d/old", "");
  for (const announced of [0o777, 0o500, 0o2755]) {
    const stored = await enter(files, announced, PLAIN);
    assertEquals(stored.isNew, false);
    assertEquals(octal(files.modeOf("/d")), "0751", octal(announced));
    await stored.leave(undefined);
    assertEquals(octal(files.modeOf("/d")), "0751", octal(announced));
  }
  assertEquals(files.listing(), ["d/", 'd/old = ""']);
});

Deno.test("StoredDirectory: fills a read-only directory that was there if modes are preserved", async () => {
  const files = new MemoryFileSystem();
  files.addDirectory("/d", 0o555);
  const stored = await enter(files, 0o555, PRESERVING);
  assertEquals(octal(files.modeOf("/d")), "0755");
  await stored.leave(TIMES);
  assertEquals(octal(files.modeOf("/d")), "0555");
  assertEquals((await files.stat("/d")).modified, TIMES.modified);
});

Deno.test("StoredDirectory: keeps the set-group-ID bit that a new directory inherits", async () => {
  const rows: readonly (readonly [
    announced: number,
    policy: StorePolicy,
    expected: number,
  ])[] = [
    [0o755, PLAIN, 0o2700],
    [0o555, PLAIN, 0o2500],
    [0o1777, PLAIN, 0o3700],
    [0o755, PRESERVING, 0o2755],
    [0o555, PRESERVING, 0o2555],
    [0o755, UMASK_UNKNOWN, 0o2755],
    [0o555, UMASK_UNKNOWN, 0o2555],
    [0o755, { ...UMASK_UNKNOWN, preserve: true }, 0o2755],
  ];
  for (const [announced, policy, expected] of rows) {
    const files = new MemoryFileSystem();
    files.addDirectory("/group", 0o2775);
    const row = `${octal(announced)} ${JSON.stringify(policy)}`;
    const stored = await enter(files, announced, policy, "/group/d");
    assertEquals(await stored.leave(TIMES), undefined, row);
    assertEquals(octal(files.modeOf("/group/d")), octal(expected), row);
  }
});

Deno.test("StoredDirectory: looks at no directory and sets no mode that is right as it was made", async () => {
  const files = new ModeNotingFileSystem();
  let looks = 0;
  files.stat = async () => {
    looks++;
    throw new EntryError("looked at");
  };
  for (
    const [path, policy] of [["/a", PLAIN], ["/b", UMASK_UNKNOWN]] as const
  ) {
    const stored = await enter(files, 0o755, policy, path);
    assertEquals(stored.isNew, true);
    assertEquals(await stored.leave(undefined), undefined);
  }
  assertEquals(files.modes, ["make 0700", "make 0755"]);
  assertEquals(looks, 0);
});

Deno.test("StoredDirectory: sets the times that it is given when it is left", async () => {
  for (const policy of [PLAIN, PRESERVING]) {
    const files = new MemoryFileSystem();
    const stored = await enter(files, 0o755, policy);
    files.addFile("/d/f", "new");
    await stored.leave(TIMES);
    assertEquals((await files.stat("/d")).modified, TIMES.modified);
  }
});

Deno.test("StoredDirectory: refuses where something else is, and changes nothing", async () => {
  const files = new MemoryFileSystem();
  files.addFile("/d", "kept", 0o640);
  for (const policy of [PLAIN, PRESERVING]) {
    const error = await assertRejects(
      () => enter(files, 0o777, policy),
      EntryError,
    );
    assertEquals(error.message, "/d: Not a directory");
  }
  assertEquals(files.listing(), ['d = "kept"']);
  assertEquals(octal(files.modeOf("/d")), "0640");
});

Deno.test("StoredDirectory: makes no directory on the way", async () => {
  const files = new MemoryFileSystem();
  const error = await assertRejects(
    () => enter(files, 0o755, PLAIN, "/missing/d"),
    EntryError,
  );
  assertEquals(error.message, "/missing/d: No such file or directory");
  assertEquals(files.listing(), []);
});

Deno.test("StoredDirectory: where the umask is unknown, takes off at last the bits that only filled it", async () => {
  const rows: readonly (readonly [
    announced: number,
    made: number,
    set: number | undefined,
    expected: number,
  ])[] = [
    [0o755, 0o755, undefined, 0o700],
    [0o700, 0o700, undefined, 0o700],
    [0o2777, 0o777, undefined, 0o700],
    [0o1777, 0o1777, undefined, 0o1700],
    [0o1555, 0o1755, 0o1500, 0o1500],
    [0o555, 0o755, 0o500, 0o500],
    [0o055, 0o755, 0o000, 0o000],
    [0o500, 0o700, 0o500, 0o500],
    [0o677, 0o777, 0o600, 0o600],
    [0o000, 0o700, 0o000, 0o000],
  ];
  for (const [announced, made, set, expected] of rows) {
    const files = new ModeNotingFileSystem();
    const stored = await enter(files, announced, UMASK_UNKNOWN);
    assertEquals(files.modes, [`make ${octal(made)}`], octal(announced));
    files.addFile("/d/f", "f");
    assertEquals(await stored.leave(TIMES), undefined);
    assertEquals(
      files.modes.slice(1),
      set === undefined ? [] : [`set ${octal(set)}`],
      octal(announced),
    );
    assertEquals(octal(files.modeOf("/d")), octal(expected), octal(announced));
    assertEquals((await files.stat("/d")).modified, TIMES.modified);
  }
});

Deno.test("StoredDirectory: where the umask is unknown, leaves the mode of a directory that is there", async () => {
  const files = new ModeNotingFileSystem();
  files.addDirectory("/d", 0o751);
  for (const announced of [0o777, 0o500, 0o000]) {
    const stored = await enter(files, announced, UMASK_UNKNOWN);
    assertEquals(await stored.leave(undefined), undefined);
  }
  assertEquals(files.modes, []);
  assertEquals(octal(files.modeOf("/d")), "0751");
});

Deno.test("leave(): gives the first failure and takes the other steps all the same", async () => {
  const files = new MemoryFileSystem();
  const stored = await enter(files, 0o555, PRESERVING);
  files.setTimes = () => Promise.reject(new EntryError("/d: set times: no"));
  const failure = await stored.leave(TIMES);
  assertEquals(failure?.message, "/d: set times: no");
  assertEquals(octal(files.modeOf("/d")), "0555");
});
