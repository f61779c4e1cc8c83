/** A shell's text that may end anywhere, and how it goes on there. */

import { type Char, isActive, type Word } from "../names/shell_word.ts";

/** The quotes that are open; empty where there are none. */
export type Quoting = "" | "'" | '"' | "$'";

/** A word of a shell's text. */
export interface TextWord {
  readonly chars: Word;
  /** Where it begins in the text. */
  readonly start: number;
  /** Whether it names a file that a redirection opens. */
  readonly isRedirected: boolean;
}

/** A text as far as it goes. */
export interface ShellText {
  /** The words of the last command; the last one, perhaps empty, goes on. */
  readonly words: readonly TextWord[];
  readonly quoting: Quoting;
  /** Whether it ends with a `\` that takes the meaning from what follows. */
  readonly isEscaping: boolean;
}

/** Which text it is. */
export interface Dialect {
  /** Whether `$'…'` quotes: in any shell it may, in bash it does. */
  readonly hasAnsiQuotes: boolean;
  /** Whether `;`, `>` and the like stand between words. */
  readonly hasOperators: boolean;
}

/** A command line of bash. */
export const BASH: Dialect = { hasAnsiQuotes: true, hasOperators: true };

/** A path that the remote's shell reads, whichever that is. */
export const FAR: Dialect = { hasAnsiQuotes: false, hasOperators: false };

/**
 * Reads a text up to its end.
 *
 * @returns `undefined` if that is inside of a command that is substituted.
 */
export function readShellText(
  text: string,
  dialect: Dialect,
): ShellText | undefined {
  return new Reader(text, dialect).read();
}

/** What a word means, without its quotes. */
export function valueOf({ chars }: TextWord): string {
  return chars.map(({ char }) => char).join("");
}

/**
 * Text that goes on where a shell's text ended, so that the shell reads `rest`.
 * It must not hold control characters.
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

/** What ends open quotes. */
export function closingQuote(quoting: Quoting): string {
  return quoting.slice(-1);
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

  /** Goes to the end of a command that is substituted, or beyond the text. */
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
