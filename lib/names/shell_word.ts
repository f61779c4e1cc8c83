/** A character of a shell word; a quoted one is literal. */
export interface Char {
  readonly char: string;
  readonly quoted: boolean;
}

/**
 * A shell word: its characters without the quotes, each one marked if quoted.
 */
export type Word = readonly Char[];

/**
 * Tells whether `char` is an unquoted `special`, with its meaning for the
 * shell.
 */
export function isActive(char: Char | undefined, special: string): boolean {
  return char !== undefined && !char.quoted && char.char === special;
}

/** Gives the characters of a word as text. */
export function textOf(word: Word): string {
  return word.map(({ char }) => char).join("");
}

/**
 * Splits text on blanks and removes quotes, as sh does. A command substitution
 * is one active `$` or backtick: only the remote shell can know its output.
 */
export function shellWords(text: string): Word[] {
  const words: Char[][] = [];
  let word: Char[] | undefined;
  let quote = "";
  const chars = [...text];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (quote === "" && /[ \t\n]/.test(char)) {
      word = undefined;
      continue;
    }
    if (word === undefined) words.push(word = []);
    if (char === quote) quote = "";
    else if (quote === "" && (char === "'" || char === '"')) quote = char;
    else if (char === "\\" && escapes(quote, chars[at + 1])) {
      word.push({ char: chars[++at]!, quoted: true });
    } else {
      const expands = quote !== "'" && (char === "$" || char === "`");
      word.push({ char, quoted: quote !== "" && !expands });
      if (expands) at = substitutionEnd(chars, at);
    }
  }
  return words;
}

function escapes(quote: string, next: string | undefined): boolean {
  if (next === undefined || quote === "'") return false;
  return quote === "" || '$`"\\\n'.includes(next);
}

/**
 * Gives the end of a substitution that `$(` or a backtick at `start` begins.
 */
function substitutionEnd(chars: readonly string[], start: number): number {
  if (chars[start] === "`") {
    const end = chars.indexOf("`", start + 1);
    return end < 0 ? chars.length : end;
  }
  if (chars[start + 1] !== "(") return start;
  let depth = 0;
  for (let at = start + 1; at < chars.length; at++) {
    if (chars[at] === "(") depth++;
    if (chars[at] === ")" && --depth === 0) return at;
  }
  return chars.length;
}
