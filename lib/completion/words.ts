/** What is being completed, told from the words up to the cursor. */

import type { GivenOption } from "../options/getopt.ts";
import { dashed, type TableOption } from "../options/option_table.ts";

/** What the word at the cursor is. */
export type Wanted =
  | { readonly kind: "option"; readonly typed: string }
  | {
    readonly kind: "value";
    readonly option: TableOption;
    /** What of the word stands before the value: nothing, if that is apart. */
    readonly before: string;
    readonly typed: string;
  }
  | {
    readonly kind: "operand";
    readonly typed: string;
    /** True for the first one, which is a source whatever follows. */
    readonly isFirst: boolean;
  };

/** The word at the cursor, and the options before it. */
export interface Situation {
  readonly wanted: Wanted;
  readonly given: readonly GivenOption[];
}

/**
 * Reads words as scp's getopt does. What it would refuse is passed over, as more
 * may yet be typed.
 *
 * @param words What the shell makes of the words behind the command's name; the
 * last one is the one at the cursor, up to there.
 */
export function situationOf(
  words: readonly string[],
  table: readonly TableOption[],
): Situation {
  const given: GivenOption[] = [];
  const typed = words.at(-1) ?? "";
  const situation = (wanted: Wanted): Situation => ({ wanted, given });
  const before = words.slice(0, -1);
  for (let at = 0; at < before.length; at++) {
    const word = before[at]!;
    if (word === "--" || !isOption(word)) {
      const isFirst = word === "--" && at === before.length - 1;
      return situation({ kind: "operand", typed, isFirst });
    }
    const { flags, option, value } = readOption(word, table);
    given.push(...flags);
    if (option === undefined) continue;
    if (value !== "") given.push({ name: option.name, value });
    else if (at + 1 < before.length) {
      given.push({ name: option.name, value: before[++at]! });
    } else return situation({ kind: "value", option, before: "", typed });
  }
  if (!typed.startsWith("-")) {
    return situation({ kind: "operand", typed, isFirst: true });
  }
  const { option, value } = readOption(typed, table);
  if (option === undefined || value === "" && !typed.includes("=")) {
    return situation({ kind: "option", typed });
  }
  const length = typed.length - value.length;
  return situation({
    kind: "value",
    option,
    before: typed.slice(0, length),
    typed: value,
  });
}

function isOption(word: string): boolean {
  return word.startsWith("-") && word !== "-";
}

interface ReadOption {
  /** Those without a value. */
  readonly flags: readonly GivenOption[];
  /** The one whose value is the rest of the word, or the next one. */
  readonly option?: TableOption;
  readonly value: string;
}

/** Reads one word: letters that cluster, or a word of its own. */
function readOption(
  word: string,
  table: readonly TableOption[],
): ReadOption {
  const find = (typed: string) =>
    table.find((option) => dashed(option.name) === typed);
  if (word.startsWith("--")) {
    const [, name, , value = ""] = /^(.*?)(=(.*))?$/s.exec(word)!;
    const option = find(name!);
    return option?.value === undefined
      ? { flags: option ? [{ name: option.name, value: "" }] : [], value: "" }
      : { flags: [], option, value };
  }
  const flags: GivenOption[] = [];
  for (let rest = word.slice(1); rest !== "";) {
    const letter = [...rest][0]!;
    rest = rest.slice(letter.length);
    const option = find(`-${letter}`);
    if (option?.value !== undefined) return { flags, option, value: rest };
    if (option !== undefined) flags.push({ name: letter, value: "" });
  }
  return { flags, value: "" };
}
