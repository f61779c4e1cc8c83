import { type GivenOption, type Part, partsOf } from "../options/getopt.ts";
import type { TableOption } from "../options/option_table.ts";

/** Meaning of the word at the cursor. */
export type Wanted =
  | { readonly kind: "option"; readonly typed: string }
  | {
    readonly kind: "value";
    readonly option: TableOption;
    /** Part of the word before the value; empty for a word of its own. */
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
 * Reads a command line up to the cursor. Options that the program would refuse
 * are passed over: more may yet be typed.
 *
 * @param words Values of the words behind the command's name; the last one is
 * the one at the cursor, up to there.
 */
export function situationOf(
  words: readonly string[],
  table: readonly TableOption[],
): Situation {
  const before = [...partsOf(words.slice(0, -1), table)];
  return {
    wanted: wantedAfter(before.at(-1), words.at(-1) ?? "", table),
    given: before.filter((part) => part.kind === "option"),
  };
}

function wantedAfter(
  previous: Part | undefined,
  typed: string,
  table: readonly TableOption[],
): Wanted {
  if (previous?.kind === "operands") {
    const isFirst = previous.operands.length === 0;
    return { kind: "operand", typed, isFirst };
  }
  if (previous?.kind === "missing value") {
    return { kind: "value", option: previous.option, before: "", typed };
  }
  if (!typed.startsWith("-")) return { kind: "operand", typed, isFirst: true };
  const last = partsOf([typed], table).toArray().at(-1);
  if (last?.kind !== "option" || last.option.value === undefined) {
    return { kind: "option", typed };
  }
  const { option, value } = last;
  const before = typed.slice(0, typed.length - value.length);
  return { kind: "value", option, before, typed: value };
}
