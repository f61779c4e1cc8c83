/** A command line of bash as it is typed, up to the cursor. */

import {
  BASH,
  closingQuote,
  quotedFor,
  type Quoting,
  readShellText,
  valueOf,
} from "./shell_text.ts";

/** Command line as bash passes it. */
export interface TypedLine {
  /** Command line up to the cursor. */
  readonly text: string;
  /**
   * End of the text, from the last word break on, that a candidate replaces.
   */
  readonly replaced: string;
}

/** Reading of a command line. */
export interface BashLine {
  /** Values of the words behind the command's name, up to the cursor. */
  readonly words: readonly string[];
  /** Quotes that are open at the cursor. */
  readonly quoting: Quoting;
  /**
   * Gives the text that bash has to put in the place of `replaced` for the
   * word's value to be `text`; `undefined` if there is none.
   *
   * @param isWhole True where the word ends there, and its quotes with it.
   */
  replacement(text: string, isWhole: boolean): string | undefined;
}

/**
 * Reads a line. Candidates keep the part of the word that is typed, with its
 * quotes, and go on from there.
 *
 * @returns `undefined` if the cursor is at no word of the command.
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
