import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type { DirectoryEntry } from "../../../lib/filesystem/file_system.ts";
import { pathsOnWindows } from "../../../lib/filesystem/local_pattern.ts";
import type { MatchedDisk } from "../../../lib/filesystem/path_pattern.ts";

/**
 * A disk, by what each of its directories lists. A path leads to an entry
 * however its separators are written and whatever its case, as on Windows.
 */
function diskOf(directories: Readonly<Record<string, readonly string[]>>): {
  disk: MatchedDisk;
  listed: string[];
} {
  const listed: string[] = [];
  const isThere = (path: string): boolean => {
    const [, directory = "", name] = /^(.*[/:])?(.*)$/.exec(keyOf(path))!;
    return directories[directory]?.some((one) => keyOf(one) === name) ?? false;
  };
  const disk: MatchedDisk = {
    label: "",
    find: async (path) => {
      if (/[*?][^\\/]*$/.test(path)) {
        throw new EntryError(`${path}: no such name`);
      }
      return isThere(path) ? ATTRIBUTES : undefined;
    },
    readdir: async (path) => {
      listed.push(path);
      const key = `${keyOf(path)}/`.replace(/(?<=[:/])\/$/, "");
      const names = directories[key === "./" ? "" : key];
      if (names === undefined) throw new EntryError(`${path}: nothing there`);
      return listingOf(names.map((name) => ({ name })));
    },
  };
  return { disk, listed };
}

function keyOf(path: string): string {
  return path.replaceAll("\\", "/").toLowerCase().replace(/^\.\/(?=.)/, "");
}

const ATTRIBUTES = {
  kind: "directory",
  size: 0,
  mode: 0o755,
  modified: 0,
  accessed: 0,
} as const;

function listingOf(
  entries: readonly DirectoryEntry[],
): Awaited<ReturnType<MatchedDisk["readdir"]>> {
  return {
    async *[Symbol.asyncIterator]() {
      yield* entries;
    },
    [Symbol.dispose]: () => {},
  };
}

const DIRECTORIES = {
  "": ["b.txt", "A.TXT", ".hidden.txt", "down", "d", "Album [2019]"],
  "down/": ["one", "two", ".dot"],
  "d/": ["[ab]x", "ax", "bx", "cx"],
  "c:/": ["x.log"],
  "c:/d/": ["y.log"],
  "c:": ["z.log"],
  "/": ["root.log"],
  "//server/share/": ["s.log"],
  "//?/c:/d/": ["y.log"],
  "../": ["up.log"],
  "album [2019]/": ["a.mp3", "b.mp3", "b.txt", "live [2]"],
  "album [2019]/live [2]/": ["c.mp3"],
};

/** Operands as typed, and the paths that each names. */
const ROWS: readonly (readonly [typed: string, paths: readonly string[]])[] = [
  ["*.txt", ["A.TXT", "b.txt"]],
  ["*.TXT", ["A.TXT", "b.txt"]],
  ["[A-B].txt", ["A.TXT", "b.txt"]],
  ["a.???", ["A.TXT"]],
  [".*.txt", [".hidden.txt"]],
  ["down\\*", ["down/one", "down/two"]],
  ["down/*", ["down/one", "down/two"]],
  ["DOWN\\t*", ["DOWN/two"]],
  ["d*\\*o*", ["down/one", "down/two"]],
  [".\\down\\o*", ["./down/one"]],
  ["d\\[ab]?", ["d/ax", "d/bx"]],
  ["d\\[!ab]?", ["d/cx"]],
  ["C:\\*.log", ["C:\\x.log"]],
  ["C:\\d\\*.log", ["C:\\d/y.log"]],
  ["c:*.log", ["c:z.log"]],
  ["\\*.log", ["\\root.log"]],
  ["\\\\server\\share\\*.log", ["\\\\server\\share\\s.log"]],
  ["\\\\?\\C:\\d\\*.log", ["\\\\?\\C:\\d/y.log"]],
  ["..\\*.log", ["../up.log"]],
  ["Album [2019]\\*.mp3", [
    "Album [2019]\\a.mp3",
    "Album [2019]\\b.mp3",
  ]],
  ["album [2019]/live [2]/*", ["album [2019]/live [2]/c.mp3"]],
];

for (const [typed, paths] of ROWS) {
  Deno.test(`pathsOnWindows(): takes ${typed} for ${paths.join(" and ")}`, async () => {
    const { disk } = diskOf(DIRECTORIES);
    assertEquals(await pathsOnWindows(typed, disk), paths);
  });
}

Deno.test("pathsOnWindows(): finds what matches nothing missing, as it was typed", async () => {
  const { disk } = diskOf(DIRECTORIES);
  for (const typed of ["*.md", "none\\*", "d\\q?", "?:\\x", "D*\\none\\*"]) {
    const error = await assertRejects(
      () => pathsOnWindows(typed, disk),
      EntryError,
    );
    assertEquals(error.message, `${typed}: No such file or directory`);
  }
});

Deno.test("pathsOnWindows(): takes what exists as it is written before what it matches", async () => {
  const { disk, listed } = diskOf(DIRECTORIES);
  assertEquals(await pathsOnWindows("d\\[ab]x", disk), ["d\\[ab]x"]);
  assertEquals(listed, []);
});

Deno.test("pathsOnWindows(): looks at no disk for what is no pattern", async () => {
  const { disk, listed } = diskOf({});
  for (const typed of ["f", "C:\\f", "\\\\?\\C:\\f", "{a,b}", "~\\f", "a^b"]) {
    assertEquals(await pathsOnWindows(typed, disk), [typed]);
  }
  assertEquals(listed, []);
});
