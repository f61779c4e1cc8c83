import { EntryError } from "../errors.ts";
import {
  checkLoop,
  type OpenDirectory,
} from "../filesystem/directory_loops.ts";
import type {
  Attributes,
  DirectoryEntry,
  FileSystem,
} from "../filesystem/file_system.ts";
import { nameKeyOf } from "../names/names.ts";
import type { ScriptedDirectory } from "./directory_script.ts";
import { needsEncoding, sendingFailure } from "./wire/records.ts";

/** Directory of a source, to be made before it is sent. */
export interface PlannedDirectory extends ScriptedDirectory {
  /** Path in the source. */
  readonly source: string;
  readonly name: string;
}

/** Most directories that are made in advance; others are made as they are sent. */
const MOST_DIRECTORIES = 50_000;

/** Most groups, each of which costs the remote a process. */
const MOST_GROUPS = 500;

/** Permissions that let an owner fill a directory. */
const OWNER_ALL = 0o700;

/** Directory whose content is looked at. */
interface Visited extends OpenDirectory {
  readonly planned: PlannedDirectory;
  readonly above: Visited | undefined;
}

/**
 * Plans which directories of a tree to make in advance: those that their owner may
 * fill, below no other ones. What cannot be read is left to the copy to report.
 *
 * @param modeBits Mode bits that are sent.
 * @returns The outermost one first, then by their groups, each one behind the one
 * above it; none where the outermost one is not to be made.
 */
export async function planDirectories(
  files: FileSystem,
  path: string,
  { name, modeBits }: { name: string; modeBits: number },
): Promise<readonly PlannedDirectory[]> {
  const groups = new Groups();
  const plan: PlannedDirectory[] = [];
  const pending: Visited[] = [];
  const add = (
    { path, name, mode, identity }: {
      path: string;
      name: string;
      mode: number;
      identity: string | undefined;
    },
    above: Visited | undefined,
  ): void => {
    if ((mode & OWNER_ALL) !== OWNER_ALL || !isSendable(name)) return;
    const group = above === undefined ? 0 : groups.take(name, above.planned);
    if (group === undefined || plan.length === MOST_DIRECTORIES) return;
    const planned: PlannedDirectory = {
      source: path,
      name,
      path: above === undefined ? "" : `${above.planned.path}/${name}`,
      mode: mode & modeBits & 0o777,
      group,
    };
    plan.push(planned);
    pending.push({ path, identity, above, planned });
  };
  const outermost = await directoryAt(files, path);
  if (outermost !== undefined) add({ path, name, ...outermost }, undefined);
  for (let directory; (directory = pending.pop()) !== undefined;) {
    for (const { name, kind } of await entriesIn(files, directory.path)) {
      if (kind === "file") continue;
      const path = files.join(directory.path, name);
      const found = await directoryAt(files, path);
      if (found === undefined) continue;
      const { identity } = found;
      if (isLoop({ path, identity, above: directory })) continue;
      add({ path, name, ...found }, directory);
    }
  }
  return plan.sort((one, other) => one.group - other.group);
}

/** Groups of directories, in none of which two have the same name. */
class Groups {
  /** Last group that has a directory of a name, by the name's key. */
  readonly #last = new Map<string, number>();

  /** Gives the first group for a directory; `undefined` where there are too many. */
  take(name: string, above: PlannedDirectory): number | undefined {
    const key = nameKeyOf(name);
    const group = Math.max(above.group, (this.#last.get(key) ?? 0) + 1);
    if (group > MOST_GROUPS) return undefined;
    this.#last.set(key, group);
    return group;
  }
}

function isSendable(name: string): boolean {
  const record = { kind: "directory", mode: 0, name } as const;
  return !needsEncoding(name) && sendingFailure(record) === undefined;
}

function isLoop(directory: OpenDirectory): boolean {
  try {
    checkLoop(directory);
    return false;
  } catch (error) {
    if (error instanceof EntryError) return true;
    throw error;
  }
}

async function directoryAt(
  files: FileSystem,
  path: string,
): Promise<{ mode: number; identity: string | undefined } | undefined> {
  const found = await files.stat(path).catch(unreadable);
  if (found?.kind !== "directory") return undefined;
  const { mode, identity }: Attributes = found;
  return { mode, identity };
}

async function entriesIn(
  files: FileSystem,
  path: string,
): Promise<readonly DirectoryEntry[]> {
  const entries: DirectoryEntry[] = [];
  try {
    for await (const entry of await files.readdir(path)) entries.push(entry);
  } catch (error) {
    unreadable(error);
  }
  return entries;
}

/** For a `catch`: the copy reports what cannot be read. */
function unreadable(error: unknown): undefined {
  if (!(error instanceof EntryError)) throw error;
}
