/** Path of a remote operand that is being typed. */

import { isActive } from "../names/shell_word.ts";
import {
  closingQuote,
  quotedFor,
  readShellText,
  REMOTE_SHELL,
  valueOf,
} from "./shell_text.ts";

/**
 * Reader of a path: the remote shell; this program, which takes it for a
 * pattern if no entry has that name; or the SFTP server, which takes it
 * literally.
 */
export type PathReader = "shell" | "pattern" | "server";

/** A path up to the cursor. */
export interface TypedPath {
  /**
   * Directory whose entries may follow, with the slash at its end; empty for
   * the one where a session begins.
   */
  readonly directory: string;
  /** True where the directory begins with `~user`, for the server to expand. */
  readonly hasTilde: boolean;
  /** Beginning of the names that may follow. */
  readonly beginning: string;
  /**
   * Gives the path, as it would be typed, with a name that fits.
   *
   * @param kind Kind of the entry: a slash follows a directory's name, and open
   * quotes are closed behind a file's.
   */
  withName(name: string, kind: NameKind): string;
}

/** Kind of an entry, as far as a listing tells it. */
export type NameKind = "file" | "directory" | "unknown";

/**
 * Reads a path up to where it was typed.
 *
 * @returns `undefined` if only a shell can tell what it leads to.
 */
export function readTypedPath(
  text: string,
  reader: PathReader,
): TypedPath | undefined {
  switch (reader) {
    case "shell":
      return readForShell(text);
    case "pattern":
      return readAsPattern(text);
    case "server":
      return readForServer(text);
    default:
      return reader satisfies never;
  }
}

function readForShell(text: string): TypedPath | undefined {
  const read = readShellText(text, REMOTE_SHELL);
  const word = read?.words.at(-1);
  if (read === undefined || word === undefined) return undefined;
  if (word.chars.some(isExpanded)) return undefined;
  const { quoting, isEscaping } = read;
  const typed = isEscaping ? text.slice(0, -1) : text;
  return pathOf(valueOf(word), {
    hasTilde: isActive(word.chars[0], "~"),
    withRest: (rest, isWhole) =>
      typed +
      // In front of a word, zsh looks for a program of that name.
      (word.chars.length === 0 && rest.startsWith("=") ? "\\" : "") +
      quotedFor(quoting, rest) + (isWhole ? closingQuote(quoting) : ""),
  });
}

/** Reads a pattern: in it `\` escapes the characters of patterns. */
function readAsPattern(text: string): TypedPath | undefined {
  const typed = text.replace(/(?<!\\)((?:\\\\)*)\\$/, "$1");
  return pathOf(typed.replaceAll(/\\([\\*?[\]])/g, "$1"), {
    hasTilde: text.startsWith("~"),
    withRest: (rest) =>
      (text === "" && rest.startsWith("~") ? "./" : typed) +
      rest.replaceAll(/[\\*?[\]]/g, "\\$&"),
  });
}

/** Reads a literal path. */
function readForServer(text: string): TypedPath | undefined {
  return pathOf(text, {
    hasTilde: text.startsWith("~"),
    // A leading `~` would name a home directory.
    withRest: (rest) =>
      text === "" && rest.startsWith("~") ? `./${rest}` : text + rest,
  });
}

function isExpanded(char: { char: string; quoted: boolean }): boolean {
  return !char.quoted && /[$`*?[{]/.test(char.char);
}

function pathOf(
  path: string,
  { hasTilde, withRest }: {
    readonly hasTilde: boolean;
    withRest(rest: string, isWhole: boolean): string;
  },
): TypedPath | undefined {
  const end = path.lastIndexOf("/") + 1;
  // The name of the user may go on.
  if (hasTilde && end === 0) return undefined;
  const isHome = hasTilde && path.startsWith("~/");
  return {
    directory: isHome
      ? path.slice(0, end).replace(/^~\/+/, "")
      : path.slice(0, end),
    hasTilde: hasTilde && !isHome,
    beginning: path.slice(end),
    withName: (name, kind) =>
      withRest(
        name.slice(path.length - end) + (kind === "directory" ? "/" : ""),
        kind === "file",
      ),
  };
}
