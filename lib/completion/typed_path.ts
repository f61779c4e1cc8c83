/** The path of a remote operand as it is typed. */

import { isActive } from "../names/shell_word.ts";
import {
  closingQuote,
  quotedFor,
  readShellText,
  REMOTE_SHELL,
  valueOf,
} from "./shell_text.ts";

/**
 * Reader of a path: the remote's shell; this program, to which it is a pattern
 * where no such name is there; or the SFTP server as it is.
 */
export type PathReader = "shell" | "pattern" | "server";

/** A path that goes on. */
export interface TypedPath {
  /**
   * The directory whose entries fit, with the slash at its end: empty for the one
   * where a session begins; one that begins with `~` is whoever's home.
   */
  readonly directory: string;
  /** Whether the server is to tell whose home the directory begins with. */
  readonly hasTilde: boolean;
  /** How the names begin that fit. */
  readonly beginning: string;
  /**
   * What is typed for a name that fits, after all that is already.
   *
   * @param kind A directory's name goes on with a slash; what an unknown one does
   * is left open.
   */
  withName(name: string, kind: NameKind): string;
}

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

/** Names are typed with a `\` before what means something in a pattern. */
function readAsPattern(text: string): TypedPath | undefined {
  const typed = text.replace(/(?<!\\)((?:\\\\)*)\\$/, "$1");
  return pathOf(typed.replaceAll(/\\([\\*?[\]])/g, "$1"), {
    hasTilde: text.startsWith("~"),
    withRest: (rest) =>
      (text === "" && rest.startsWith("~") ? "./" : typed) +
      rest.replaceAll(/[\\*?[\]]/g, "\\$&"),
  });
}

/** Names are typed as they are: what is there comes before what is a pattern. */
function readForServer(text: string): TypedPath | undefined {
  return pathOf(text, {
    hasTilde: text.startsWith("~"),
    // Whose home that is would be asked of the server.
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
  // A home that is not named to its end.
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
