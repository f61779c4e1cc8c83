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
import { givenMode, type GivenModes } from "../filesystem/store.ts";
import { nameKeyOf } from "../names/names.ts";
import type { ScriptedDirectory } from "./directory_script.ts";
import { needsEncoding, sendingFailure } from "./wire/records.ts";

/** Directory of a source that can be made before it is sent. */
export interface PlannedDirectory extends ScriptedDirectory {
  /** Path in the source. */
  readonly source: string;
  readonly name: string;
}

/** Facts about a tree that is to be sent. */
export interface TreeSurvey {
  /** Name of the outermost directory. */
  readonly name: string;
  /**
   * Directories to make in advance: those that their owner may fill and that have
   * permissions alone to send, below no other ones. The outermost one is first, then
   * they come by their groups, each one behind the one above it.
   */
  readonly directories: readonly PlannedDirectory[];
}

/** Most directories that are made in advance; others are made as they are sent. */
const MOST_DIRECTORIES = 50_000;

/** Most groups, each of which costs the remote a process. */
const MOST_GROUPS = 500;

/** Mode bits that a directory can be made with. */
const PERMISSIONS = 0o777;

/** Permissions that let an owner fill a directory. */
const OWNER_ALL = 0o700;

/**
 * Surveys a tree before it is sent. What cannot be read is left to the copy to
 * report.
 *
 * @param modeBits Mode bits that are sent.
 * @param given Modes that are sent in place of those of the tree.
 */
export async function surveyTree(
  files: FileSystem,
  path: string,
  { name, modeBits, given }: {
    name: string;
    modeBits: number;
    given?: GivenModes | undefined;
  },
): Promise<TreeSurvey> {
  const survey = new Survey(files, { modeBits, given });
  await survey.run(path, name);
  const { directories } = survey;
  return {
    name,
    directories: directories.sort((one, other) => one.group - other.group),
  };
}

/** Tells an entry of a listing that a survey looks at: most files are none. */
export function concernsSurvey(
  { kind }: Pick<DirectoryEntry, "kind">,
): boolean {
  return kind !== "file";
}

/** Directory whose content is looked at. */
interface Visited extends OpenDirectory {
  /** Absent where it is not made in advance. */
  readonly planned: PlannedDirectory | undefined;
  readonly above: Visited | undefined;
}

/** Directory that was met. */
interface MetDirectory {
  readonly path: string;
  readonly name: string;
  readonly attributes: Attributes;
}

class Survey {
  readonly directories: PlannedDirectory[] = [];
  readonly #files: FileSystem;
  readonly #modeBits: number;
  readonly #given: GivenModes | undefined;
  readonly #groups = new Groups();
  readonly #pending: Visited[] = [];

  constructor(
    files: FileSystem,
    { modeBits, given }: { modeBits: number; given: GivenModes | undefined },
  ) {
    this.#files = files;
    this.#modeBits = modeBits;
    this.#given = given;
  }

  async run(path: string, name: string): Promise<void> {
    await this.#meet({ path, name }, undefined);
    for (let next; (next = this.#pending.pop()) !== undefined;) {
      await this.#look(next);
    }
  }

  async #look(directory: Visited): Promise<void> {
    try {
      for await (const entry of await this.#files.readdir(directory.path)) {
        if (!concernsSurvey(entry)) continue;
        const { name } = entry;
        const path = this.#files.join(directory.path, name);
        await this.#meet({ path, name }, directory);
      }
    } catch (error) {
      unreadable(error);
    }
  }

  async #meet(
    { path, name }: { path: string; name: string },
    above: Visited | undefined,
  ): Promise<void> {
    const attributes = await this.#files.stat(path).catch(unreadable);
    if (attributes?.kind !== "directory") return;
    const { identity } = attributes;
    if (isLoop({ path, identity, above })) return;
    const planned = this.#plan({ path, name, attributes }, above);
    if (planned !== undefined) this.directories.push(planned);
    this.#pending.push({ path, identity, above, planned });
  }

  #plan(
    { path, name, attributes }: MetDirectory,
    above: Visited | undefined,
  ): PlannedDirectory | undefined {
    const mode = givenMode("directory", attributes.mode, this.#given);
    const isLost = above !== undefined && above.planned === undefined;
    const sent = mode & this.#modeBits;
    if (
      isLost || (sent & ~PERMISSIONS) !== 0 ||
      (mode & OWNER_ALL) !== OWNER_ALL || !isSendable(name) ||
      this.directories.length === MOST_DIRECTORIES
    ) return undefined;
    const outer = above?.planned;
    const group = outer === undefined ? 0 : this.#groups.take(name, outer);
    return group === undefined ? undefined : {
      source: path,
      name,
      path: outer === undefined ? "" : `${outer.path}/${name}`,
      mode: sent,
      group,
    };
  }
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

/** For a `catch`: the copy reports what cannot be read. */
function unreadable(error: unknown): undefined {
  if (!(error instanceof EntryError)) throw error;
}
