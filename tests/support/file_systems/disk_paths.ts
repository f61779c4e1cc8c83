/** Odd paths, as the local disk is to take them by any calls. */

import { assertEquals } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import { TempDirectory } from "../fixtures/temp_directory.ts";
import { exists, makeTree } from "../fixtures/tree.ts";

const MISSING = "No such file or directory";
const NO_DIRECTORY = "Not a directory";
const DIRECTORY = "Is a directory";
const THERE = "File exists";

/** A path in the tree that `makeLinks` makes. */
interface OddPath {
  readonly path: string;
  /** Kind of the entry or reason of a failure; absent where nothing is there. */
  readonly found?: string;
  /** File that writing makes or changes, or the reason of a failure. */
  readonly written: string;
  /** Directory that mkdir makes, or the reason of a failure. */
  readonly made: string;
  /** Destination as a link; absent where it is none. */
  readonly destination?: string;
}

const ODD_PATHS: readonly OddPath[] = [
  { path: "new/", written: DIRECTORY, made: "new" },
  { path: "new/.", written: MISSING, made: MISSING },
  { path: "new/..", written: MISSING, made: MISSING },
  { path: "new/x/", written: MISSING, made: MISSING },
  { path: "new/../f", written: MISSING, made: MISSING },
  { path: "f/", found: NO_DIRECTORY, written: DIRECTORY, made: THERE },
  {
    path: "f/.",
    found: NO_DIRECTORY,
    written: NO_DIRECTORY,
    made: NO_DIRECTORY,
  },
  {
    path: "f/../f",
    found: NO_DIRECTORY,
    written: NO_DIRECTORY,
    made: NO_DIRECTORY,
  },
  { path: "d/", found: "directory", written: DIRECTORY, made: THERE },
  { path: "d/.", found: "directory", written: DIRECTORY, made: THERE },
  { path: "d/../f", found: "file", written: "f", made: THERE },
  {
    path: "to-file/",
    found: NO_DIRECTORY,
    written: DIRECTORY,
    made: THERE,
  },
  {
    path: "deep",
    found: "directory",
    written: DIRECTORY,
    made: THERE,
    destination: "d/e",
  },
  { path: "deep/", found: "directory", written: DIRECTORY, made: THERE },
  { path: "deep/.", found: "directory", written: DIRECTORY, made: THERE },
  { path: "deep/../g", found: "file", written: "d/g", made: THERE },
  { path: "deep/../new", written: "d/new", made: "d/new" },
  { path: "deep/../../f", found: "file", written: "f", made: THERE },
  { path: "deep/../e/../g", found: "file", written: "d/g", made: THERE },
  {
    path: "up",
    found: "file",
    written: "d/g",
    made: THERE,
    destination: "deep/../g",
  },
  { path: "dangling", written: "nowhere", made: THERE, destination: "nowhere" },
  { path: "dangling/", written: DIRECTORY, made: THERE },
  { path: "twice", written: "nowhere", made: THERE, destination: "dangling" },
  {
    path: "dangling-up",
    written: "d/new",
    made: THERE,
    destination: "deep/../new",
  },
  {
    path: "dangling-directory",
    written: DIRECTORY,
    made: THERE,
    destination: "new/",
  },
];

function makeLinks(directory: string): void {
  makeTree(directory, [
    { path: "f", content: "old" },
    { path: "d/g", content: "old" },
    { path: "d/e/" },
  ]);
  const links: readonly (readonly [string, string])[] = [
    ["to-file", "f"],
    ["deep", "d/e"],
    ["up", "deep/../g"],
    ["dangling", "nowhere"],
    ["twice", "dangling"],
    ["dangling-up", "deep/../new"],
    ["dangling-directory", "new/"],
  ];
  for (const [name, destination] of links) {
    Deno.symlinkSync(destination, `${directory}/${name}`);
  }
}

/** Function that registers a test of the disk which needs links. */
type Register = (behaviour: string, fn: () => Promise<void>) => void;

/** Registers the tests of odd paths. */
export function testDiskPaths(test: Register, files: FileSystem): void {
  /** Gives the result of a call in a fresh tree, or the reason of its failure. */
  const outcome = async <T>(
    path: string,
    call: (path: string, directory: string) => Promise<T>,
  ): Promise<T | string> => {
    using directory = new TempDirectory();
    makeLinks(directory.path);
    const whole = `${directory.path}/${path}`;
    try {
      return await call(whole, directory.path);
    } catch (error) {
      if (!(error instanceof EntryError)) throw error;
      return error.message.slice(`${whole}: `.length);
    }
  };

  test("find() takes a path as the system does", async () => {
    for (const { path, found } of ODD_PATHS) {
      const find = async (whole: string) => (await files.find(whole))?.kind;
      assertEquals(await outcome(path, find), found, path);
    }
  });

  test("openToWrite() writes and makes what the path leads to", async () => {
    for (const { path, written } of ODD_PATHS) {
      const write = async (
        whole: string,
        directory: string,
      ): Promise<string> => {
        using file = await files.openToWrite(whole, 0o644);
        await file.write(new TextEncoder().encode("new"), 0);
        assertEquals(
          Deno.readTextFileSync(`${directory}/${written}`),
          "new",
          path,
        );
        return written;
      };
      assertEquals(await outcome(path, write), written, path);
    }
  });

  test("create() makes no file but where the path leads", async () => {
    for (const { path, found, written } of ODD_PATHS) {
      const create = async (whole: string, directory: string) => {
        using file = await files.create!(whole, 0o644);
        if (file === undefined) return undefined;
        assertEquals(exists(`${directory}/${written}`), true, path);
        return written;
      };
      const isNew = found === undefined && written === "d/new" &&
        path !== "dangling-up";
      const isRefused = [MISSING, NO_DIRECTORY].includes(written);
      const expected = isNew || isRefused ? written : undefined;
      assertEquals(await outcome(path, create), expected, path);
    }
  });

  test("mkdir() makes no directory but where the path leads", async () => {
    for (const { path, made } of ODD_PATHS) {
      const make = async (
        whole: string,
        directory: string,
      ): Promise<string> => {
        await files.mkdir(whole, 0o755);
        assertEquals(
          Deno.statSync(`${directory}/${made}`).isDirectory,
          true,
          path,
        );
        return made;
      };
      assertEquals(await outcome(path, make), made, path);
    }
  });

  test("readlink() takes no link for what is behind it", async () => {
    for (const { path, found, destination } of ODD_PATHS) {
      if (destination === undefined && found === undefined) continue;
      const failure = found === NO_DIRECTORY ? found : undefined;
      const read = (whole: string) => files.readlink(whole);
      assertEquals(await outcome(path, read), destination ?? failure, path);
    }
  });

  test("remove() takes no directory away", async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "empty/" }, { path: "f", content: "" }]);
    assertEquals(
      await outcomeOf(() => files.remove(`${directory.path}/empty`)),
      `${directory.path}/empty: Is a directory`,
    );
    await files.remove(`${directory.path}/f`);
    assertEquals(exists(`${directory.path}/empty`), true);
    assertEquals(exists(`${directory.path}/f`), false);
  });

  test("an empty path is no entry's", async () => {
    assertEquals(await files.find(""), undefined);
    for (
      const call of [
        () => files.stat(""),
        () => files.openToRead(""),
        () => files.openToWrite("", 0o644),
        () => files.mkdir("", 0o755),
      ]
    ) {
      assertEquals(await outcomeOf(call), `: ${MISSING}`);
    }
  });

  test("a loop of links is no entry", async () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/loop`;
    Deno.symlinkSync("loop", path);
    const reason = `${path}: Too many levels of symbolic links`;
    assertEquals(await outcomeOf(() => files.find(path)), reason);
    const write = () => files.openToWrite(path, 0o644);
    assertEquals(await outcomeOf(write), reason);
  });

  test("a path with a NUL is no entry's", async () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/a\0b`;
    for (
      const call of [
        () => files.find(path),
        () => files.readdir(path),
        () => files.openToRead(path),
        () => files.openToWrite(path, 0o644),
        () => files.mkdir(path, 0o755),
      ]
    ) {
      assertEquals(await outcomeOf(call), `${path}: Invalid argument`);
    }
    assertEquals([...Deno.readDirSync(directory.path)], []);
  });

  test("what the system calls an invalid argument is the entry's fault", async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "f", content: "abc" }]);
    const path = `${directory.path}/f`;
    using file = await files.openToRead(path);
    const before = () => file.read(new Uint8Array(1), -1);
    assertEquals(await outcomeOf(before), `${path}: Invalid argument`);
    assertEquals(
      await outcomeOf(() => file.truncate(1)),
      `${path}: truncate: Invalid argument`,
    );
  });
}

/** Gives the message of an entry's failure; empty if there is none. */
async function outcomeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
  } catch (error) {
    if (error instanceof EntryError) return error.message;
    throw error;
  }
  return "";
}
