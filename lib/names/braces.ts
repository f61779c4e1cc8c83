import { type Char, isActive, type Word } from "./shell_word.ts";

/**
 * Most alternatives of one word, and most characters of them all: more than
 * anybody types. Braces beyond that stay unexpanded.
 */
const MAX_ALTERNATIVES = 10_000;
const MAX_CHARACTERS = 1_000_000;

/**
 * Expands `a{b,c}d` to `abd`, `acd`, `{1..3}` to `1`, `2`, `3`, nested ones
 * too.
 */
export function expandBraces(word: Word): Word[] {
  const done: Word[] = [];
  const queue: Word[] = [word];
  let characters = word.length;
  for (let next; (next = queue.pop()) !== undefined;) {
    const isFull = queue.length + done.length > MAX_ALTERNATIVES ||
      characters > MAX_CHARACTERS;
    const brace = isFull ? undefined : findBrace(next);
    if (brace === undefined) {
      done.push(next);
      continue;
    }
    const before = next.slice(0, brace.start);
    const after = next.slice(brace.end + 1);
    for (const choice of brace.choices.toReversed()) {
      const word = [...before, ...choice, ...after];
      queue.push(word);
      characters += word.length;
    }
  }
  return done;
}

interface Brace {
  /** Index of the `{`. */
  readonly start: number;
  /** Index of its `}`. */
  readonly end: number;
  readonly choices: readonly Word[];
}

/** Finds the first brace that offers a choice; `{}` and `{x}` offer none. */
function findBrace(word: Word): Brace | undefined {
  for (let start = 0; start < word.length; start++) {
    if (!isActive(word[start], "{")) continue;
    const end = findEnd(word, start);
    if (end === undefined) continue;
    const choices = choicesOf(word.slice(start + 1, end));
    if (choices.length > 0) return { start, end, choices };
  }
  return undefined;
}

function findEnd(word: Word, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < word.length; at++) {
    if (isActive(word[at], "{")) depth++;
    if (isActive(word[at], "}") && --depth === 0) return at;
  }
  return undefined;
}

function choicesOf(inside: Word): Word[] {
  const choices: Char[][] = [[]];
  let depth = 0;
  for (const char of inside) {
    if (isActive(char, "{")) depth++;
    if (isActive(char, "}")) depth--;
    if (depth === 0 && isActive(char, ",")) choices.push([]);
    else choices.at(-1)!.push(char);
  }
  return choices.length > 1 ? choices : rangeOf(inside);
}

/** Expands `1..3`, `03..10` and `a..e`, with a step or without. */
function rangeOf(inside: Word): Word[] {
  const match = /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.-?(\d+))?$/.exec(
    inside.map(({ char, quoted }) => quoted ? "\0" : char).join(""),
  );
  if (match === null) return [];
  const [, first, last, stepText] = match;
  const isNumber = /\d/.test(first!);
  if (isNumber !== /\d/.test(last!)) return [];
  const from = isNumber ? Number(first) : first!.charCodeAt(0);
  const to = isNumber ? Number(last) : last!.charCodeAt(0);
  const step = Math.max(1, Number(stepText ?? 1));
  const count = Math.floor(Math.abs(to - from) / step) + 1;
  if (count > MAX_ALTERNATIVES) return [];
  const width = /^-?0\d/.test(first!) || /^-?0\d/.test(last!)
    ? Math.max(first!.length, last!.length)
    : 0;
  return Array.from({ length: count }, (_, index) => {
    const value = from + (to < from ? -step : step) * index;
    const text = isNumber
      ? (value < 0 ? "-" : "") +
        String(Math.abs(value)).padStart(value < 0 ? width - 1 : width, "0")
      : String.fromCharCode(value);
    return [...text].map((char) => ({ char, quoted: false }));
  });
}
