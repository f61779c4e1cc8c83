/** A shell word as text that still knows what was quoted. */

/** A character of a shell word; a quoted one means itself and nothing more. */
export interface Char {
  readonly char: string;
  readonly quoted: boolean;
}

export type Word = readonly Char[];

/** Whether `char` is an unquoted `what`, with its meaning for the shell. */
export function isActive(char: Char | undefined, what: string): boolean {
  return char !== undefined && !char.quoted && char.char === what;
}

/** Splits on blanks and removes quotes, as sh does. */
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
      const expands = quote === '"' && (char === "$" || char === "`");
      word.push({ char, quoted: quote !== "" && !expands });
    }
  }
  return words;
}

function escapes(quote: string, next: string | undefined): boolean {
  if (next === undefined || quote === "'") return false;
  return quote === "" || '$`"\\\n'.includes(next);
}
