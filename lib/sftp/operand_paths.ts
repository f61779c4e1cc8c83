/**
 * What the path of a remote operand means over SFTP, where no far shell reads
 * it: `~`, and patterns that are matched here, as OpenSSH's scp matches them.
 */

import { EntryError, entryError, TooManyOpenError } from "../errors.ts";
import type { Attributes, ListedEntry } from "../files/files.ts";
import { matchesName } from "../files/pattern.ts";
import {
  homeIn,
  isPattern,
  lastName,
  mayBePattern,
  nameInPath,
  sourceWord,
} from "../files/remote_path.ts";
import { type Char, isActive, textOf, type Word } from "../files/shell_word.ts";
import type { RemoteFiles } from "./remote_files.ts";

/** Entry that an operand names. */
export interface NamedEntry {
  readonly path: string;
  /**
   * Name that it gets at the target: the operand's, or the one that a pattern
   * matched, never one that only a server says. Empty where it has none.
   */
  readonly name: string;
  /** Absent where nobody has looked yet. */
  readonly attributes?: Attributes | undefined;
}

/** Most directories that are listed at once for one pattern. */
const LISTED_AT_ONCE = 16;

/** Most entries that one pattern may match. */
export const MAX_MATCHES = 1_000_000;

/**
 * Gives the entries that a source operand names, sorted. What exists under the
 * very name comes before what a pattern matches.
 *
 * @param most How many entries a pattern may match.
 * @throws {EntryError} If there is none, or a home directory cannot be told.
 */
export async function namedEntries(
  files: RemoteFiles,
  text: string,
  most: number = MAX_MATCHES,
): Promise<readonly NamedEntry[]> {
  const literal = {
    path: await withoutTilde(files, text),
    name: nameInPath(text),
  };
  if (!mayBePattern(text)) return [literal];
  const attributes = await files.findSource(literal.path);
  if (attributes !== undefined) return [{ ...literal, attributes }];
  const word = sourceWord(text);
  if (isPattern(word)) {
    const matches = await matchPattern(files, word, most);
    if (matches.length > 0) return matches;
    throw missing(files, text);
  }
  const plain = textOf(word);
  if (word[0]?.quoted) return [{ path: plain, name: lastName(plain) }];
  return [{
    path: await withoutTilde(files, plain),
    name: nameInPath(plain),
  }];
}

/**
 * Gives the path that a target operand names.
 *
 * @throws {EntryError} If a home directory cannot be told.
 */
export async function targetPath(
  files: RemoteFiles,
  text: string,
): Promise<string> {
  return await withoutTilde(files, text);
}

/** Takes the leading `~` off a path: a session begins in the home directory. */
async function withoutTilde(files: RemoteFiles, path: string): Promise<string> {
  const home = homeIn(path);
  const rest = path.slice(home.length);
  if (home.length > 1) return await files.expandPath(path);
  let start = 0;
  while (home !== "" && rest[start] === "/") start++;
  return rest.slice(start) || ".";
}

function missing(files: RemoteFiles, path: string): EntryError {
  return new EntryError(
    `${files.label}${path}: No such file or directory`,
  );
}

/** Entry that matches so far. */
type Match = Omit<NamedEntry, "name">;

/** Goes from component to component, with all that match so far. */
async function matchPattern(
  files: RemoteFiles,
  word: Word,
  most: number,
): Promise<readonly NamedEntry[]> {
  const components = componentsOf(word);
  const isAbsolute = word[0]?.char === "/";
  let found: Match[] = [{ path: isAbsolute ? "/" : "" }];
  if (isActive(word[0], "~") && homeIn(textOf(word)) !== "") {
    const [first] = components.splice(0, 1);
    const path = await withoutTilde(files, textOf(first!));
    found = [{ path: path === "." ? "" : path }];
  }
  for (const component of components) {
    found = isPattern(component)
      ? await matchesIn(files, found, { pattern: component, most })
      : found.map(({ path }) => ({ path: inside(path, textOf(component)) }));
  }
  const mustBeFolder = word.at(-1)?.char === "/";
  const seen = await inBatches(found, async ({ path, attributes: known }) => {
    const attributes = known ?? await findQuietly(files, path);
    const isWanted = attributes !== undefined &&
      (!mustBeFolder || attributes.kind === "folder");
    return isWanted ? [{ path, name: lastName(path), attributes }] : [];
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
  files: RemoteFiles,
  folders: readonly Match[],
  { pattern, most }: { pattern: Word; most: number },
): Promise<Match[]> {
  let count = 0;
  return await inBatches(folders, async ({ path, attributes }) => {
    if (attributes !== undefined && attributes.kind !== "folder") return [];
    const matches: Match[] = [];
    for await (const entry of listedQuietly(files, path || ".")) {
      if (!matchesName(pattern, entry.name)) continue;
      if (++count > most) {
        throw new EntryError(
          `${files.label}${textOf(pattern)}: more than ${most} entries match`,
        );
      }
      const { name, attributes } = entry;
      matches.push({ path: inside(path, name), attributes });
    }
    return matches;
  });
}

/**
 * Lists a directory; one that cannot be listed has nothing, as in a shell.
 *
 * @throws {TooManyOpenError} If it can be once others are closed.
 */
async function* listedQuietly(
  files: RemoteFiles,
  path: string,
): AsyncIterable<ListedEntry> {
  try {
    yield* await files.list(path);
  } catch (error) {
    if (error instanceof TooManyOpenError) throw error;
    entryError(error);
  }
}

function inside(folder: string, name: string): string {
  return folder === "" || folder.endsWith("/")
    ? folder + name
    : `${folder}/${name}`;
}

async function findQuietly(
  files: RemoteFiles,
  path: string,
): Promise<Attributes | undefined> {
  try {
    return await files.findSource(path);
  } catch (error) {
    entryError(error);
    return undefined;
  }
}

/** Takes steps, some at once; those that find too many open, one by one. */
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
