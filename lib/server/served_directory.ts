/** Directories that a server may not give to its clients. */

import { asEntryError, EntryError } from "../errors.ts";
import { isWithin } from "../filesystem/directory_loops.ts";
import type { FileSystem } from "../filesystem/file_system.ts";

/** A directory on the local disk. */
export interface NamedDirectory {
  readonly path: string;
  readonly identity: string | undefined;
}

/** Files that a server is told by, and its clients may not reach. */
export interface OwnFiles {
  /** Home directories of its account, by the system's table and the environment. */
  readonly homes: readonly string[];
  /** Path of its log; absent where that is no file. */
  readonly log?: string;
}

/** Directory of the home whose programs a login's shell may find first. */
const PROGRAMS = "bin";

/**
 * Checks that nothing in a directory decides how the account's next login begins:
 * it holds no home directory, and lies in no hidden directory of one, nor in its
 * `bin`. Checks that the log lies elsewhere, too.
 *
 * @param disk The whole local disk.
 * @throws {EntryError} If it does, or nobody can tell.
 */
export async function checkServed(
  disk: FileSystem,
  { path, identity }: NamedDirectory,
  { homes, log }: OwnFiles,
): Promise<void> {
  const refuse = (reason: string) => {
    throw new EntryError(`${path}: ${reason}`);
  };
  if (identity === undefined) refuse("nobody can tell this directory");
  for (const home of homes) {
    if (await disk.find(home) === undefined) continue;
    if (await isWithin(disk, home, identity)) {
      refuse("it holds the account's home directory: serve one beside it");
    }
    for (const own of await startUpDirectories(disk, home)) {
      if (await isWithin(disk, path, await disk.identify(own))) {
        refuse(`it lies in ${own}, by which a login of the account begins`);
      }
    }
  }
  if (log === undefined) return;
  if (await isWithin(disk, directoryOf(log), identity)) {
    refuse("the log lies in it: clients could read or change it");
  }
}

/** Gives the path of the directory that a file is in, or is to be made in. */
function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1) || ".";
}

/** Gives the directories of a home in which shells and ssh look for files. */
async function startUpDirectories(
  disk: FileSystem,
  home: string,
): Promise<string[]> {
  const found: string[] = [];
  const entries = await disk.readdir(home).catch(asEntryError);
  if (entries instanceof EntryError) return found;
  for await (const { name } of entries) {
    if (!name.startsWith(".") && name !== PROGRAMS) continue;
    const path = disk.join(home, name);
    const attributes = await disk.find(path).catch(asEntryError);
    if (attributes instanceof EntryError) continue;
    if (attributes?.kind === "directory") found.push(path);
  }
  return found;
}
