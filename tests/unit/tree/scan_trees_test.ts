import { assert, assertEquals } from "@std/assert";
import { SessionError } from "../../../lib/errors.ts";
import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import { type ScanOptions, scanTrees } from "../../../lib/tree/scan_trees.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";

/** A disk with four files of 10 bytes in all, one of them outside the tree. */
async function disk(): Promise<MemoryFileSystem> {
  const files = new MemoryFileSystem();
  for (const path of ["d", "d/e", "d/e/f"]) files.addDirectory(path);
  files.addFile("d/a", "1");
  files.addFile("d/e/b", "22");
  files.addFile("d/e/f/c", "333");
  files.addFile("g", "4444");
  await files.symlink("d/e/f/up", "../../../d");
  return files;
}

async function scanned(
  files: FileSystem,
  paths: readonly string[],
  options: Partial<ScanOptions> = {},
): Promise<{ files: number; bytes: number; hasEnded: boolean }> {
  const count = { files: 0, bytes: 0, hasEnded: false };
  await scanTrees(files, paths.map((path) => ({ path })), {
    recursive: true,
    over: new AbortController().signal,
    scan: {
      add: (files, bytes) => {
        count.files += files;
        count.bytes += bytes;
      },
      end: () => count.hasEnded = true,
    },
    ...options,
  });
  return count;
}

Deno.test("scanTrees(): counts the files of trees, and a loop of links once", async () => {
  assertEquals(await scanned(await disk(), ["d", "g"]), {
    files: 4,
    bytes: 10,
    hasEnded: true,
  });
});

Deno.test("scanTrees(): counts no content of a directory that is not copied", async () => {
  const options = { recursive: false };
  assertEquals(await scanned(await disk(), ["d", "g"], options), {
    files: 1,
    bytes: 4,
    hasEnded: true,
  });
});

Deno.test("scanTrees(): leaves out what is missing, which the copy reports", async () => {
  assertEquals(await scanned(await disk(), ["missing", "g"]), {
    files: 1,
    bytes: 4,
    hasEnded: true,
  });
});

Deno.test("scanTrees(): stops without an end once the copy is over", async () => {
  const over = new AbortController();
  const count = { files: 0, hasEnded: false };
  await scanTrees(await disk(), [{ path: "d" }], {
    recursive: true,
    over: over.signal,
    scan: {
      add: () => {
        count.files++;
        over.abort();
      },
      end: () => count.hasEnded = true,
    },
  });
  assertEquals(count, { files: 1, hasEnded: false });
});

Deno.test("scanTrees(): stops without an end where the connection is lost", async () => {
  const files = await disk();
  const readdir = files.readdir.bind(files);
  files.readdir = (path) =>
    path === "d/e"
      ? Promise.reject(new SessionError("lost connection"))
      : readdir(path);
  const { hasEnded } = await scanned(files, ["d", "g"]);
  assertEquals(hasEnded, false);
});

Deno.test("scanTrees(): lists an eighth as many directories at once as a copy has entries", async () => {
  const files = new MemoryFileSystem();
  files.addDirectory("d");
  for (let at = 0; at < 20; at++) files.addDirectory(`d/${at}`);
  let open = 0;
  let most = 0;
  const served: FileSystem = Object.assign(Object.create(files), {
    concurrency: { entries: 32, blocks: 8, blockBytes: 1024 },
    readdir: async (path: string) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 1));
      open--;
      return await files.readdir(path);
    },
    find: (path: string) => files.find(path),
    stat: (path: string) => files.stat(path),
    identify: (path: string) => files.identify(path),
    join: (directory: string, name: string) => files.join(directory, name),
  });
  const { hasEnded } = await scanned(served, ["d"]);
  assert(hasEnded);
  assertEquals(most, 4);
});
