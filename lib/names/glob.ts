import { isActive, type Word } from "./shell_word.ts";

/** Matches as fnmatch(3) without flags: `*` and `?` match a leading dot too. */
export function matchesGlob(pattern: Word, name: string): boolean {
  const chars = [...name];
  let at = 0;
  let next = 0;
  let star: { at: number; next: number } | undefined;
  while (next < chars.length) {
    const step = matchOne(pattern, at, chars[next]!);
    if (isActive(pattern[at], "*")) {
      star = { at, next };
      at++;
    } else if (step > 0) {
      at += step;
      next++;
    } else if (star !== undefined) {
      at = star.at + 1;
      next = ++star.next;
    } else {
      return false;
    }
  }
  while (isActive(pattern[at], "*")) at++;
  return at === pattern.length;
}

/**
 * Counts the pattern characters from `at` on that match `char`; 0 if none do.
 */
function matchOne(pattern: Word, at: number, char: string): number {
  const wanted = pattern[at];
  if (wanted === undefined) return 0;
  if (isActive(wanted, "?")) return 1;
  if (isActive(wanted, "[")) {
    const set = parseSet(pattern, at);
    if (set !== undefined) return set.has(char) ? set.length : 0;
  }
  return wanted.char === char ? 1 : 0;
}

interface CharSet {
  /** Length in pattern characters, brackets included. */
  readonly length: number;
  has(char: string): boolean;
}

/** Reads `[abc]`, `[!a-z]`, `[[:alpha:]]`; `undefined` if it never ends. */
function parseSet(pattern: Word, start: number): CharSet | undefined {
  let at = start + 1;
  const negated = isActive(pattern[at], "!") || isActive(pattern[at], "^");
  if (negated) at++;
  const first = at;
  const tests: ((char: string) => boolean)[] = [];
  for (; at < pattern.length; at++) {
    if (at > first && isActive(pattern[at], "]")) {
      return {
        length: at - start + 1,
        has: (char) => tests.some((test) => test(char)) !== negated,
      };
    }
    const named = classAt(pattern, at);
    const low = pattern[at]!.char;
    const high = pattern[at + 2];
    if (named !== undefined) {
      tests.push((char) => named.test(char));
      at += named.length - 1;
    } else if (
      isActive(pattern[at + 1], "-") && high && !isActive(high, "]")
    ) {
      tests.push((char) => char >= low && char <= high.char);
      at += 2;
    } else {
      tests.push((char) => char === low);
    }
  }
  return undefined;
}

const classes: Readonly<Record<string, RegExp>> = {
  alnum: /[\p{L}\p{N}]/u,
  alpha: /\p{L}/u,
  blank: /[ \t]/,
  cntrl: /\p{Cc}/u,
  digit: /[0-9]/,
  graph: /[^\p{C}\p{Z}]/u,
  lower: /\p{Ll}/u,
  print: /[^\p{C}]/u,
  punct: /[\p{P}\p{S}]/u,
  space: /\s/,
  upper: /\p{Lu}/u,
  xdigit: /[0-9A-Fa-f]/,
};

/** Reads a named class, `[:alpha:]`, that begins at `at`. */
function classAt(
  pattern: Word,
  at: number,
): { test(char: string): boolean; length: number } | undefined {
  if (!isActive(pattern[at], "[")) return undefined;
  const text = pattern.slice(at, at + "[:xdigit:]".length)
    .map(({ char }) => char).join("");
  const match = /^\[:([a-z]+):\]/.exec(text);
  const named = match && classes[match[1]!];
  if (!match || !named) return undefined;
  return { test: (char) => named.test(char), length: match[0].length };
}
