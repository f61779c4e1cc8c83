/** Text of a shell that may end anywhere, and its continuation there. */

import { type Char, isActive, textOf, type Word } from "../names/shell_word.ts";

/** Quotes that are open; empty where there are none. */
export type Quoting = "" | "'" | '"' | "$'";

/** A word of a shell's text. */
export interface TextWord {
  readonly chars: Word;
  /** Index in the text at which the word begins. */
  readonly start: number;
  /** True where the word names a file that a redirection opens. */
  readonly isRedirected: boolean;
}

/** Reading of a text up to its end. */
export interface ShellText {
  /** The words of the last command; the last one, perhaps empty, goes on. */
  readonly words: readonly TextWord[];
  readonly quoting: Quoting;
  /** True where the text ends with a `\` that escapes the next character. */
  readonly isEscaping: boolean;
}

/** Grammar of a text. */
export interface Dialect {
  /**
   * True where `$'…'` quotes for certain, as in bash; other shells may differ.
   */
  readonly hasAnsiQuotes: boolean;
  /** True where `;`, `>` and the like end a word. */
  readonly hasOperators: boolean;
}

/** A command line of bash. */
export const BASH: Dialect = { hasAnsiQuotes: true, hasOperators: true };

/** A path that the remote shell reads, whichever that is. */
export const REMOTE_SHELL: Dialect = {
  hasAnsiQuotes: false,
  hasOperators: false,
};

/**
 * Reads a text up to its end.
 *
 * @returns `undefined` if the end lies inside a command substitution.
 */
export function readShellText(
  text: string,
  dialect: Dialect,
): ShellText | undefined {
  return new Reader(text, dialect).read();
}

/** Gives the value of a word: its characters without the quotes. */
export function valueOf({ chars }: TextWord): string {
  return textOf(chars);
}

/**
 * Quotes text that goes on where a shell's text ended, so that the shell reads
 * `rest`, which must hold no control characters.
 */
export function quotedFor(quoting: Quoting, rest: string): string {
  switch (quoting) {
    case "":
      // A `~` means a home where a word begins.
      return rest.replaceAll(/^~|[^\w./+:@,=~\x80-\u{10ffff}-]/gu, "\\$&");
    case "'":
      return rest.replaceAll("'", `'\\''`);
    case '"':
      // In double quotes an escaped `!` would keep its backslash.
      return rest.replaceAll(/[\\"$`]/g, "\\$&").replaceAll("!", `"\\!"`);
    case "$'":
      return rest.replaceAll(/[\\']/g, "\\$&");
    default:
      return quoting satisfies never;
  }
}

/** Gives the character that closes open quotes; empty where none are open. */
export function closingQuote(quoting: Quoting): string {
  return quoting.slice(-1);
}

/**
 * Gives the value of a word that fish completes, quotes perhaps open. Variables
 * stay as they are.
 */
export function fishValue(token: string): string {
  let value = "";
  let quote = "";
  for (let at = 0; at < token.length; at++) {
    const char = token.charAt(at);
    const next = token.charAt(at + 1);
    if (char === quote) quote = "";
    else if (quote === "" && /['"]/.test(char)) quote = char;
    else if (char === "\\" && fishEscapes(quote, next)) {
      value += next;
      at++;
    } else value += char;
  }
  return value;
}

function fishEscapes(quote: string, next: string): boolean {
  if (quote === "'") return /['\\]/.test(next);
  return quote === '"' ? /["$\\]/.test(next) : true;
}

class Reader {
  readonly #text: string;
  readonly #dialect: Dialect;
  #at = 0;
  #words: TextWord[] = [];
  #word: { chars: Char[]; start: number } | undefined;
  #quoting: Quoting = "";
  #isEscaping = false;
  #awaitsFile = false;

  constructor(text: string, dialect: Dialect) {
    this.#text = text;
    this.#dialect = dialect;
  }

  read(): ShellText | undefined {
    while (this.#at < this.#text.length) {
      if (this.#quoting === "") this.#readBare();
      else this.#readQuoted();
      if (this.#at > this.#text.length) return undefined;
    }
    this.#begin(this.#at);
    this.#endWord();
    return {
      words: this.#words,
      quoting: this.#quoting,
      isEscaping: this.#isEscaping,
    };
  }

  #readBare(): void {
    const start = this.#at;
    const char = this.#take();
    if (/[ \t\n]/.test(char)) {
      this.#endWord();
      if (char === "\n" && this.#dialect.hasOperators) this.#words = [];
    } else if (this.#dialect.hasOperators && /[;|&<>]/.test(char)) {
      this.#readOperator(char);
    } else {
      this.#begin(start);
      if (char === "'" || char === '"') this.#quoting = char;
      else if (char === "\\") this.#escape();
      else if (char === "$" && this.#opensAnsiQuotes()) this.#quoting = "$'";
      else this.#push(char, false);
    }
  }

  #readQuoted(): void {
    const char = this.#take();
    const quoting = this.#quoting;
    if (char === closingQuote(quoting)) this.#quoting = "";
    else if (char === "\\" && quoting !== "'") this.#escape();
    else this.#push(char, quoting !== '"' || !/[$`]/.test(char));
  }

  #take(): string {
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at)!);
    this.#at += char.length;
    return char;
  }

  #begin(start: number): void {
    this.#word ??= { chars: [], start };
  }

  #endWord(): void {
    if (this.#word === undefined) return;
    this.#words.push({ ...this.#word, isRedirected: this.#awaitsFile });
    this.#word = undefined;
    this.#awaitsFile = false;
  }

  #push(char: string, quoted: boolean): void {
    const word = this.#word!;
    word.chars.push({ char, quoted });
    const opens = isActive(word.chars.at(-1), "`") ||
      isActive(word.chars.at(-1), "$") && this.#text[this.#at] === "(";
    if (opens) this.#skipCommand(char === "`");
  }

  /** Skips to the end of a command substitution, or beyond the text. */
  #skipCommand(hasBackquotes: boolean): void {
    let depth = 0;
    while (this.#at < this.#text.length) {
      const char = this.#take();
      if (hasBackquotes ? char === "`" : char === ")" && --depth === 0) return;
      if (char === "(") depth++;
    }
    this.#at = this.#text.length + 1;
  }

  #escape(): void {
    if (this.#at >= this.#text.length) {
      this.#isEscaping = true;
      return;
    }
    const char = this.#take();
    const isKept = this.#quoting === '"' && !/["$`\\\n]/.test(char) ||
      this.#quoting === "$'" && !/['"?\\]/.test(char);
    if (isKept) this.#push("\\", true);
    this.#push(char, true);
  }

  #opensAnsiQuotes(): boolean {
    const opens = this.#dialect.hasAnsiQuotes && this.#text[this.#at] === "'";
    if (opens) this.#at++;
    return opens;
  }

  #readOperator(char: string): void {
    const isRedirection = /[<>]/.test(char);
    const after = this.#text[this.#at] ?? "";
    if (isRedirection) {
      // A number before it is a descriptor's.
      if (this.#word?.chars.every(({ char }) => /\d/.test(char))) {
        this.#word = undefined;
      }
      this.#endWord();
      while (/[<>&|]/.test(this.#text[this.#at] ?? "")) this.#at++;
      this.#awaitsFile = true;
    } else if (char !== "&" || !/[>]/.test(after)) {
      this.#endWord();
      this.#words = [];
      this.#awaitsFile = false;
    }
  }
}
