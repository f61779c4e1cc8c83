import { assertEquals } from "@std/assert";
import {
  Cache,
  cacheDirectory,
  type RemoteName,
} from "../../../lib/completion/cache.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

const NAMES: readonly RemoteName[] = [
  { name: "a b", kind: "file" },
  { name: "d", kind: "directory" },
  { name: "?", kind: "unknown" },
];

/** A cache in a directory that is not there yet, with a clock. */
class Kept extends TempDirectory {
  readonly directory = `${this.path}/run/seacp`;
  time = Date.now();
  readonly cache = new Cache(this.directory, () => this.time);

  get files(): string[] {
    return [...Deno.readDirSync(this.directory)].map(({ name }) =>
      `${this.directory}/${name}`
    );
  }
}

const isWindows = Deno.build.os === "windows";

Deno.test("Cache: gives the names that were kept until their time is over", async () => {
  using kept = new Kept();
  const { cache } = kept;
  assertEquals(await cache.get("key"), undefined);
  await cache.put("key", NAMES, 1000);
  kept.time += 999;
  assertEquals(await cache.get("key"), NAMES);
  assertEquals(await cache.get("another"), undefined);
  kept.time += 1;
  assertEquals(await cache.get("key"), undefined);
});

Deno.test("Cache: ignores a file from the future", async () => {
  using kept = new Kept();
  await kept.cache.put("key", NAMES, 60_000);
  kept.time -= 1;
  assertEquals(await kept.cache.get("key"), undefined);
});

Deno.test("Cache: makes files for the user alone, and leaves no part of one over", async () => {
  using kept = new Kept();
  await kept.cache.put("key", NAMES, 1000);
  await kept.cache.put("key", [], 1000);
  assertEquals(await kept.cache.get("key"), []);
  assertEquals(kept.files.length, 1);
  if (isWindows) return;
  assertEquals(Deno.statSync(kept.directory).mode! & 0o777, 0o700);
  assertEquals(Deno.statSync(kept.files[0]!).mode! & 0o777, 0o600);
});

Deno.test({
  name: "Cache: neither reads nor writes a directory that others may enter",
  ignore: isWindows,
  fn: async () => {
    using kept = new Kept();
    await kept.cache.put("key", NAMES, 1000);
    Deno.chmodSync(kept.directory, 0o755);
    assertEquals(await kept.cache.get("key"), undefined);
    await kept.cache.put("key 2", NAMES, 1000);
    assertEquals(kept.files.length, 1);
  },
});

Deno.test({
  name: "Cache: ignores a directory or file of somebody else",
  ignore: isWindows || Deno.uid() !== 0,
  fn: async () => {
    using kept = new Kept();
    const NOBODY = 65534;
    await kept.cache.put("key", NAMES, 1000);
    Deno.chownSync(kept.files[0]!, NOBODY, NOBODY);
    assertEquals(await kept.cache.get("key"), undefined);
    await kept.cache.put("key", NAMES, 1000);
    Deno.chownSync(kept.directory, NOBODY, NOBODY);
    assertEquals(await kept.cache.get("key"), undefined);
  },
});

Deno.test({
  name: "Cache: follows no link in the place of its directory or a file",
  ignore: isWindows,
  fn: async () => {
    using kept = new Kept();
    await kept.cache.put("key", NAMES, 1000);
    const [file] = kept.files;
    Deno.renameSync(file!, `${kept.path}/elsewhere`);
    Deno.symlinkSync(`${kept.path}/elsewhere`, file!);
    assertEquals(await kept.cache.get("key"), undefined);
    Deno.removeSync(file!);
    Deno.renameSync(`${kept.path}/elsewhere`, file!);
    assertEquals(await kept.cache.get("key"), NAMES);
    Deno.renameSync(kept.directory, `${kept.path}/directory`);
    Deno.symlinkSync(`${kept.path}/directory`, kept.directory);
    assertEquals(await kept.cache.get("key"), undefined);
  },
});

Deno.test("Cache: ignores a file that is damaged or of another key", async () => {
  using kept = new Kept();
  await kept.cache.put("key", NAMES, 1000);
  const [file] = kept.files;
  const until = kept.time + 1000;
  const texts = [
    "",
    "{",
    "null",
    "[]",
    '"x"',
    JSON.stringify({ key: "key", until }),
    JSON.stringify({ key: "key", until, names: [1] }),
    JSON.stringify({ key: "key", until, names: [{ name: 1, kind: "file" }] }),
    JSON.stringify({ key: "key", until, names: [{ name: "a", kind: "x" }] }),
    JSON.stringify({ key: "key", until: "1", names: [] }),
    JSON.stringify({ key: "other", until, names: [] }),
  ];
  for (const text of texts) {
    Deno.writeTextFileSync(file!, text);
    assertEquals(await kept.cache.get("key"), undefined, text);
  }
});

Deno.test("Cache: removes old files of its own, and no others", async () => {
  using kept = new Kept();
  await kept.cache.put("key", NAMES, 1000);
  Deno.writeTextFileSync(`${kept.directory}/other`, "");
  Deno.utimeSync(`${kept.directory}/other`, 0, 0);
  kept.time += 120_000;
  await kept.cache.put("key 2", NAMES, 1000);
  assertEquals(kept.files.length, 2);
});

Deno.test("Cache: keeps nothing where there can be no directory", async () => {
  using directory = new TempDirectory();
  Deno.writeTextFileSync(`${directory.path}/file`, "");
  for (const place of [undefined, `${directory.path}/file/x`, "/dev/null"]) {
    const cache = new Cache(place);
    await cache.put("key", NAMES, 1000);
    assertEquals(await cache.get("key"), undefined);
  }
});

Deno.test("cacheDirectory(): goes where the user's own files may be", () => {
  const rows: readonly (readonly [Record<string, string>, string?])[] = [
    [{}],
    [{ HOME: "/h" }, "/h/.cache/seacp"],
    [{ HOME: "/h", XDG_CACHE_HOME: "/c" }, "/c/seacp"],
    [{ HOME: "/h", XDG_CACHE_HOME: "/c", XDG_RUNTIME_DIR: "/r" }, "/r/seacp"],
    [{ HOME: "/h", XDG_RUNTIME_DIR: "" }, "/h/.cache/seacp"],
  ];
  for (const [variables, directory] of rows) {
    assertEquals(cacheDirectory((name) => variables[name]), directory);
  }
});
