/**
 * Meaning of a remote operand's path over SFTP, where no remote shell reads it:
 * `~` and patterns are resolved by the client, as OpenSSH's scp does.
 */

import { EntryError } from "../errors.ts";
import type { Attributes } from "../filesystem/file_system.ts";
import { matchesBelow, MAX_MATCHES } from "../filesystem/path_pattern.ts";
import {
  homeIn,
  isPattern,
  lastName,
  mayBePattern,
  nameInPath,
  sourceWord,
} from "../names/remote_path.ts";
import { isActive, textOf, type Word } from "../names/shell_word.ts";
import { ownPath } from "./operand_looks.ts";
import type { SftpFileSystem } from "./sftp_file_system.ts";

/** Entry that an operand names. */
export interface NamedEntry {
  readonly path: string;
  /**
   * Name of the copy: the operand's last name, or one that its pattern matched,
   * never one that only a server gives. Empty where the operand has none.
   */
  readonly name: string;
  /** Absent where the entry was not looked up yet. */
  readonly attributes?: Attributes | undefined;
}

/**
 * Gives the entries that a source operand names, sorted. An entry whose name is
 * the operand as written comes before the matches of a pattern.
 *
 * @param most Most entries that a pattern may match.
 * @throws {EntryError} If there is none, or the server cannot expand a `~`.
 */
export async function namedEntries(
  files: SftpFileSystem,
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
 * @throws {EntryError} If the server cannot expand a `~`.
 */
export async function targetPath(
  files: SftpFileSystem,
  text: string,
): Promise<string> {
  return await withoutTilde(files, text);
}

/** Removes a leading `~/`: a session begins in the home directory. */
async function withoutTilde(
  files: SftpFileSystem,
  path: string,
): Promise<string> {
  return ownPath(path) ?? await files.expandPath(path);
}

function missing(files: SftpFileSystem, path: string): EntryError {
  return new EntryError(
    `${files.label}${path}: No such file or directory`,
  );
}

/** Gives the entries that match a pattern, whose leading `~` is resolved. */
async function matchPattern(
  files: SftpFileSystem,
  word: Word,
  most: number,
): Promise<readonly NamedEntry[]> {
  const isHome = isActive(word[0], "~") && homeIn(textOf(word)) !== "";
  const slash = word.findIndex(({ char }) => char === "/");
  const home = isHome ? word.slice(0, slash) : [];
  const from = isHome ? await withoutTilde(files, textOf(home)) : "";
  const isHere = from === "." || (from === "" && slash !== 0);
  const root = isHere ? "" : `${from}/`;
  const source = {
    label: files.label,
    readdir: (path: string) => files.readdir(path),
    find: (path: string) => files.findSource(path),
  };
  const pattern = word.slice(home.length);
  const found = await matchesBelow(source, root, pattern, { most });
  return found.map((match) => ({ ...match, name: lastName(match.path) }));
}
