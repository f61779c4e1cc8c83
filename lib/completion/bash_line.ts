/** A command line of bash as it is typed, up to the cursor. */

import {
  BASH,
  closingQuote,
  quotedFor,
  type Quoting,
  readShellText,
  valueOf,
} from "./shell_text.ts";

/** What bash tells of what is typed. */
export interface TypedLine {
  /** The command, up to the cursor. */
  readonly text: string;
  /** What of it a candidate takes the place of: from the last word break on. */
  readonly replaced: string;
}

/** What is made of it. */
export interface BashLine {
  /** What the words mean behind the command's name, up to the cursor. */
  readonly words: readonly string[];
  /** The quotes that are open at the cursor. */
  readonly quoting: Quoting;
  /**
   * What bash is to put in the place of `replaced`, so that the word comes to
   * mean `text`; `undefined` if it cannot.
   *
   * @param isWhole Whether the word ends there, and its quotes with it.
   */
  replacement(text: string, isWhole: boolean): string | undefined;
}

/**
 * Reads a line. What was typed stays as it is, whatever its quotes: candidates
 * go on from there.
 *
 * @returns `undefined` if no word of the command is typed there.
 */
export function readBashLine(
  { text, replaced }: TypedLine,
): BashLine | undefined {
  const read = readShellText(text, BASH);
  const last = read?.words.at(-1);
  if (read === undefined || last === undefined || last.isRedirected) {
    return undefined;
  }
  const words = read.words.filter(({ isRedirected }) => !isRedirected)
    .slice(1).map(valueOf);
  if (words.length === 0 || !text.endsWith(replaced)) return undefined;
  const typed = valueOf(last);
  const { quoting, isEscaping } = read;
  const kept = isEscaping ? replaced.slice(0, -1) : replaced;
  return {
    words,
    quoting,
    replacement: (candidate, isWhole) => {
      if (!candidate.startsWith(typed)) return undefined;
      const rest = quotedFor(quoting, candidate.slice(typed.length));
      return kept + rest + (isWhole ? closingQuote(quoting) : "");
    },
  };
}
