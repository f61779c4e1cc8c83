/** Paths that a pattern matches, on any file system. */

import { asFinalError, EntryError, TooManyOpenError } from "../errors.ts";
import type { Attributes, DirectoryEntry, FileSystem } from "./file_system.ts";
import { findQuietly } from "./find_quietly.ts";
import { matchesName } from "../names/pattern.ts";
import { isPattern } from "../names/remote_path.ts";
import { type Char, textOf, type Word } from "../names/shell_word.ts";

/** Most directories that are listed at once for one pattern. */
const LISTED_AT_ONCE = 16;

/** Most entries that one pattern may match. */
export const MAX_MATCHES = 1_000_000;

/** Calls of the file system that a pattern is matched on. */
export type MatchedDisk = Pick<FileSystem, "label" | "readdir" | "find">;

/** Entry that a pattern matches. */
export interface Match {
  readonly path: string;
  /** Absent where the listing did not give them. */
  readonly attributes?: Attributes | undefined;
}

/** Limits and rules of a match. */
export interface MatchOptions {
  /** Number of entries that the pattern may match. */
  readonly most: number;
  /** Test of a name; `matchesName` if absent. */
  readonly matches?: typeof matchesName;
}

/**
 * Gives the entries that match a pattern, sorted by path. Matches it component by
 * component, each in all directories that match so far.
 *
 * @param root Beginning of the paths: a directory with a separator behind it; empty
 * for the current directory.
 * @param pattern Components below the root; a pattern that ends in `/` matches
 * directories alone.
 * @throws {EntryError} If too many entries match.
 */
export async function matchesBelow(
  disk: MatchedDisk,
  root: string,
  pattern: Word,
  options: MatchOptions,
): Promise<readonly Match[]> {
  let found: Match[] = [{ path: root }];
  for (const [at, component] of componentsOf(pattern).entries()) {
    const separator = at === 0 ? "" : "/";
    found = isPattern(component)
      ? await matchesIn(disk, found, component, { ...options, separator })
      : found.map(({ path }) => ({
        path: path + separator + textOf(component),
      }));
  }
  const mustBeDirectory = pattern.at(-1)?.char === "/";
  const seen = await inBatches(found, async ({ path, attributes: known }) => {
    const attributes = known ?? await findQuietly(disk, path);
    const isWanted = attributes !== undefined &&
      (!mustBeDirectory || attributes.kind === "directory");
    return isWanted ? [{ path, attributes }] : [];
  });
  return seen.toSorted((a, b) => a.path < b.path ? -1 : 1);
}

function componentsOf(word: Word): Word[] {
  const components: Char[][] = [];
  let component: Char[] | undefined;
  for (const char of word) {
    if (char.char === "/") component = undefined;
    else if (component === undefined) components.push(component = [char]);
    else component.push(char);
  }
  return components;
}

async function matchesIn(
  disk: MatchedDisk,
  directories: readonly Match[],
  pattern: Word,
  { most, matches = matchesName, separator }: MatchOptions & {
    readonly separator: string;
  },
): Promise<Match[]> {
  let count = 0;
  return await inBatches(directories, async ({ path, attributes }) => {
    if (attributes !== undefined && attributes.kind !== "directory") return [];
    const found: Match[] = [];
    for await (const entry of listedQuietly(disk, path || ".")) {
      if (!matches(pattern, entry.name)) continue;
      if (++count > most) {
        throw new EntryError(
          `${disk.label}${textOf(pattern)}: more than ${most} entries match`,
        );
      }
      const { name, attributes } = entry;
      found.push({ path: path + separator + name, attributes });
    }
    return found;
  });
}

/**
 * Lists a directory; one that cannot be listed has no entries, as in a shell.
 *
 * @throws {TooManyOpenError} If too many are open now.
 */
async function* listedQuietly(
  disk: MatchedDisk,
  path: string,
): AsyncIterable<DirectoryEntry> {
  try {
    yield* await disk.readdir(path);
  } catch (error) {
    asFinalError(error);
  }
}

/** Takes steps, some at once; one by one those that found too many files open. */
async function inBatches<T, U>(
  values: readonly T[],
  step: (value: T) => Promise<readonly U[]>,
): Promise<U[]> {
  const results: U[] = [];
  for (let at = 0; at < values.length; at += LISTED_AT_ONCE) {
    const batch = values.slice(at, at + LISTED_AT_ONCE);
    const outcomes = await Promise.all(
      batch.map((value) => step(value).catch(tooManyOpen)),
    );
    for (const [index, outcome] of outcomes.entries()) {
      const found = outcome instanceof TooManyOpenError
        ? await step(batch[index]!)
        : outcome;
      for (const result of found) results.push(result);
    }
  }
  return results;
}

/** For a `catch`: gives back that too many are open, and rethrows the rest. */
function tooManyOpen(error: unknown): TooManyOpenError {
  if (error instanceof TooManyOpenError) return error;
  throw error;
}
