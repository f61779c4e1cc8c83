/**
 * What the path of a remote operand means over SFTP, where no far shell reads
 * it: `~`, and patterns that are matched here, as OpenSSH's scp matches them.
 */

import { EntryError, entryError } from "../errors.ts";
import type { Attributes } from "../files/files.ts";
import { expandBraces } from "../files/braces.ts";
import { matchesGlob } from "../files/glob.ts";
import {
  type Char,
  isActive,
  shellWords,
  type Word,
} from "../files/shell_word.ts";
import type { RemoteFiles } from "./remote_files.ts";

/**
 * How an operand's path is read: its characters as they are, but for patterns
 * and `\` escapes; or as a far shell would have read it, where it was meant for
 * one.
 */
export type Reading = "plain" | "shell";

/** An entry that an operand names. */
export interface NamedEntry {
  readonly path: string;
  /** Absent where nobody has looked yet. */
  readonly attributes?: Attributes | undefined;
}

/** Folders that are listed at once for one pattern. */
const LISTED_AT_ONCE = 16;

/**
 * The entries that a source operand names, sorted. What exists under the very
 * name comes before what a pattern matches.
 *
 * @throws {EntryError} If nothing does, or a home folder cannot be told.
 */
export async function namedEntries(
  files: RemoteFiles,
  text: string,
  reading: Reading,
): Promise<readonly NamedEntry[]> {
  if (!/[\\*?[\]{}'"$` \t\n]/.test(text)) {
    return [{ path: await withoutTilde(files, text) }];
  }
  const literal = await withoutTilde(files, text);
  const attributes = await files.findSource(literal);
  if (attributes !== undefined) return [{ path: literal, attributes }];
  const words = reading === "shell"
    ? shellWords(text).flatMap(expandBraces)
    : [plainWord(text)];
  const named: NamedEntry[] = [];
  for (const word of words) named.push(...await namedByWord(files, word));
  if (named.length > 0) return named;
  throw missing(files, text);
}

/**
 * The path that a target operand names.
 *
 * @throws {EntryError} If a home folder cannot be told.
 */
export async function targetPath(
  files: RemoteFiles,
  text: string,
  reading: Reading,
): Promise<string> {
  const [word, ...others] = reading === "shell" ? shellWords(text) : [];
  if (word === undefined || others.length > 0) {
    return await withoutTilde(files, text);
  }
  return await pathOf(files, word);
}

/** The home folder is where a session begins, so `~/` need not be said. */
async function withoutTilde(files: RemoteFiles, path: string): Promise<string> {
  if (/^~[^/]/.test(path)) return await files.expandPath(path);
  return path.replace(/^~(\/+|$)/, "") || ".";
}

/** A word whose `\` take the meaning from what follows them. */
function plainWord(text: string): Word {
  const chars = [...text];
  const word: Char[] = [];
  for (let at = 0; at < chars.length; at++) {
    const quoted = chars[at] === "\\" && at + 1 < chars.length;
    if (quoted) at++;
    word.push({ char: chars[at]!, quoted });
  }
  return word;
}

async function namedByWord(
  files: RemoteFiles,
  word: Word,
): Promise<readonly NamedEntry[]> {
  if (!isPattern(word)) return [{ path: await pathOf(files, word) }];
  const matches = await matchPattern(files, word);
  if (matches.length > 0) return matches;
  throw missing(files, textOf(word));
}

/** A quoted `~` is a name. */
async function pathOf(files: RemoteFiles, word: Word): Promise<string> {
  const text = textOf(word);
  return isActive(word[0], "~") ? await withoutTilde(files, text) : text || ".";
}

function isPattern(word: Word): boolean {
  return word.some((char) =>
    ["*", "?", "["].some((one) => isActive(char, one))
  );
}

function textOf(word: Word): string {
  return word.map(({ char }) => char).join("");
}

function missing(files: RemoteFiles, path: string): EntryError {
  return new EntryError(
    `${files.label}${path}: No such file or directory`,
  );
}

/** Goes from component to component, with all that match so far. */
async function matchPattern(
  files: RemoteFiles,
  word: Word,
): Promise<readonly NamedEntry[]> {
  const home = isActive(word[0], "~");
  const components = componentsOf(word);
  const isAbsolute = word[0]?.char === "/";
  let found: NamedEntry[] = [{ path: isAbsolute ? "/" : "" }];
  if (home) {
    const [first] = components.splice(0, 1);
    const path = await withoutTilde(files, textOf(first!));
    found = [{ path: path === "." ? "" : path }];
  }
  for (const component of components) {
    found = isPattern(component)
      ? await matchesIn(files, found, component)
      : found.map(({ path }) => ({ path: inside(path, textOf(component)) }));
  }
  const mustBeFolder = word.at(-1)?.char === "/";
  const seen = await inBatches(found, async (entry) => {
    const attributes = entry.attributes ?? await findQuietly(files, entry.path);
    const isWanted = attributes !== undefined &&
      (!mustBeFolder || attributes.kind === "folder");
    return isWanted ? [{ path: entry.path, attributes }] : [];
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
  folders: readonly NamedEntry[],
  pattern: Word,
): Promise<NamedEntry[]> {
  return await inBatches(folders, async ({ path, attributes }) => {
    if (attributes !== undefined && attributes.kind !== "folder") return [];
    const matches: NamedEntry[] = [];
    try {
      for await (const entry of await files.list(path || ".")) {
        const { name, attributes } = entry;
        if (isMatch(pattern, name)) {
          matches.push({ path: inside(path, name), attributes });
        }
      }
    } catch (error) {
      // What cannot be listed has nothing that matches, as in a shell.
      entryError(error);
    }
    return matches;
  });
}

/** As in a shell, a leading dot has to be asked for. */
function isMatch(pattern: Word, name: string): boolean {
  return (!name.startsWith(".") || pattern[0]?.char === ".") &&
    matchesGlob(pattern, name);
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

async function inBatches<T, U>(
  values: readonly T[],
  step: (value: T) => Promise<readonly U[]>,
): Promise<U[]> {
  const results: U[] = [];
  for (let at = 0; at < values.length; at += LISTED_AT_ONCE) {
    const batch = values.slice(at, at + LISTED_AT_ONCE);
    results.push(...(await Promise.all(batch.map(step))).flat());
  }
  return results;
}
