/**
 * Meaning of a remote operand's path, over either protocol: it is literal, but
 * for patterns in a source and a leading `~` or `~user`, as for OpenSSH's scp
 * since 9.0. Only with `-O` the remote shell reads it.
 */

import type { Platform } from "./names.ts";
import { type Char, isActive, type Word } from "./shell_word.ts";

/** A leading home directory: `~` or `~user`, up to the first slash. */
const HOME = /^~([A-Za-z_][\w.-]*)?(?=\/|$)/;

/** Text that every remote shell takes literally, wherever it stands. */
const INERT = /^[\w./+,:@=\p{L}\p{N}-]*$/u;

/**
 * Reads a source path: `*`, `?` and `[…]` are patterns, and `\` escapes the
 * next character.
 */
export function sourceWord(path: string): Word {
  const chars = [...path];
  const word: Char[] = [];
  for (let at = 0; at < chars.length; at++) {
    const isEscape = chars[at] === "\\" && at + 1 < chars.length;
    if (isEscape) at++;
    // Only `!` negates a set for scp.
    const quoted = isEscape ||
      (chars[at] === "^" && isActive(word.at(-1), "["));
    word.push({ char: chars[at]!, quoted });
  }
  return word;
}

/** Reads a path that is literal but for a leading `~` or `~user`. */
export function literalWord(path: string): Word {
  const home = homeIn(path).length;
  return [...path].map((char, at) => ({ char, quoted: at >= home }));
}

/** Gives the leading `~` or `~user` of a path; empty where there is none. */
export function homeIn(path: string): string {
  return HOME.exec(path)?.[0] ?? "";
}

/** Tells whether a path means more than its characters where it is a source. */
export function mayBePattern(path: string): boolean {
  return /[\\*?[]/.test(path);
}

/** Tells whether a word matches names by a pattern. */
export function isPattern(word: Word): boolean {
  return word.some((char) =>
    ["*", "?", "["].some((one) => isActive(char, one))
  );
}

/**
 * Tells whether every remote shell takes a path for one word and expands
 * nothing in it but a home directory.
 */
export function isPlainPath(path: string): boolean {
  // zsh looks for a program behind a leading `=`.
  return !path.startsWith("=") && INERT.test(path.slice(homeIn(path).length));
}

/**
 * Tells whether a path leads to a directory and gives it no name: it ends in
 * `.` or `..`, or is `/`, the home directory `~`, or empty.
 */
export function isDotPath(path: string): boolean {
  return nameInPath(path) === "";
}

/**
 * Gives the name of a copy of a path: its last component, the user for `~user`,
 * and none for a dot path.
 */
export function nameInPath(path: string): string {
  const whole = path.slice(0, endOf(path));
  return homeIn(whole) === whole ? whole.slice(1) : lastName(path);
}

/** Gives the last component of a path; empty where that is no name. */
export function lastName(path: string): string {
  const end = endOf(path);
  const name = path.slice(path.lastIndexOf("/", end - 1) + 1, end);
  return name === "." || name === ".." ? "" : name;
}

/** Gives the length of a path without the slashes at its end. */
function endOf(path: string): number {
  let end = path.length;
  while (end > 0 && path[end - 1] === "/") end--;
  return end;
}

/** Gives a path below a local directory with the separators of a remote one. */
export function withSlashes(
  path: string,
  { platform }: { readonly platform: Platform },
): string {
  return platform === "windows" ? path.replaceAll("\\", "/") : path;
}

/** Gives the path of `name` in a directory of a server. */
export function join(directory: string, name: string): string {
  return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}
