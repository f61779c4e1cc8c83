/** The one function that quotes a path for a remote shell. */

import { EntryError } from "../errors.ts";
import { homeIn, isPlainPath } from "./remote_path.ts";
import { isActive, textOf, type Word } from "./shell_word.ts";

/** Treatment of a character in the quoted text. */
type Handling =
  /** Stays as it is, to keep its meaning. */
  | "bare"
  /**
   * Gets a backslash: csh or fish reads it inside single quotes, or it ends
   * them.
   */
  | "escaped"
  /** Stands inside single quotes where a shell would read it. */
  | "text";

/**
 * Quotes a word so that sh, bash, dash, ash, zsh, fish and csh read it alike:
 * its patterns and its home directory keep their meaning, every other character
 * is literal. A path without a special character stays as it is.
 *
 * @throws {EntryError} If the word holds a line break, which csh takes in no
 * quotes.
 */
export function quotedForShell(word: Word): string {
  const text = textOf(word);
  if (/[\n\r\0]/.test(text)) {
    throw new EntryError(
      `${text}: a remote shell cannot be given a name with a line break: ` +
        "it needs SFTP",
    );
  }
  const home = isActive(word[0], "~") ? homeIn(text).length : 0;
  if (isPlainPath(text) && home === homeIn(text).length) return text;
  const handlings = word.map((_, at) => handlingAt(word, at, home));
  let quoted = "";
  for (let start = 0, end = 0; start < word.length; start = end) {
    while (end < word.length && handlings[end] === handlings[start]) end++;
    const run = textOf(word.slice(start, end));
    quoted += quotedRun(run, handlings[start]!);
  }
  return quoted;
}

function handlingAt(word: Word, at: number, home: number): Handling {
  const char = word[at]!;
  if (at < home) return "bare";
  if (["*", "?", "[", "]"].some((one) => isActive(char, one))) return "bare";
  if (isActive(word[at - 1], "[") && isActive(char, "!")) return "bare";
  return /[\\!']/.test(char.char) ? "escaped" : "text";
}

function quotedRun(run: string, handling: Handling): string {
  switch (handling) {
    case "bare":
      return run;
    case "escaped":
      return run.replaceAll(/./g, "\\$&");
    case "text":
      return isPlainPath(run) && !run.startsWith("~") ? run : `'${run}'`;
    default:
      return handling satisfies never;
  }
}
