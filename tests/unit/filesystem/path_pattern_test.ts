import { assertEquals, assertRejects } from "@std/assert";
import { EntryError, TooManyOpenError } from "../../../lib/errors.ts";
import { matchesBelow } from "../../../lib/filesystem/path_pattern.ts";
import type { Word } from "../../../lib/names/shell_word.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";

function wordOf(text: string): Word {
  return [...text].map((char) => ({ char, quoted: false }));
}

function disk(): MemoryFileSystem {
  const files = new MemoryFileSystem();
  files.addDirectory("/b");
  files.addDirectory("/a");
  for (const path of ["/a/x.log", "/a/y.txt", "/b/x.log", "/f", "/.hidden"]) {
    files.addFile(path, "");
  }
  return files;
}

async function matchedPaths(
  files: MemoryFileSystem,
  pattern: string,
  most = 10,
): Promise<string[]> {
  const matches = await matchesBelow(files, "/", wordOf(pattern), { most });
  return matches.map(({ path }) => path);
}

Deno.test("matchesBelow(): gives the paths that match, sorted", async () => {
  const rows: readonly (readonly [pattern: string, paths: string[]])[] = [
    ["*", ["/a", "/b", "/f"]],
    ["*/", ["/a", "/b"]],
    ["?/x.*", ["/a/x.log", "/b/x.log"]],
    ["a/*", ["/a/x.log", "/a/y.txt"]],
    ["*/y.txt", ["/a/y.txt"]],
    ["f/*", []],
    ["none*", []],
    [".h*", ["/.hidden"]],
  ];
  for (const [pattern, paths] of rows) {
    assertEquals(await matchedPaths(disk(), pattern), paths, pattern);
  }
});

Deno.test("matchesBelow(): gives the attributes of each match", async () => {
  const [match] = await matchesBelow(disk(), "/", wordOf("f*"), { most: 1 });
  assertEquals([match?.path, match?.attributes?.kind], ["/f", "file"]);
});

Deno.test("matchesBelow(): refuses more matches than are allowed", async () => {
  const error = await assertRejects(
    () => matchedPaths(disk(), "*", 2),
    EntryError,
  );
  assertEquals(error.message, "*: more than 2 entries match");
});

Deno.test("matchesBelow(): lists one by one where too many are open at once", async () => {
  const files = disk();
  const { readdir } = MemoryFileSystem.prototype;
  let open = 0;
  files.readdir = async (path) => {
    if (open > 0) throw new TooManyOpenError(`${path}: Too many open files`);
    open++;
    await Promise.resolve();
    open--;
    return await readdir.call(files, path);
  };
  assertEquals(await matchedPaths(files, "?/x.*"), ["/a/x.log", "/b/x.log"]);
});
