import { UsageError } from "../errors.ts";
import { closestTo } from "./closest.ts";
import { dashed, type TableOption } from "./option_table.ts";

/** An option as it stands on the command line. */
export interface GivenOption {
  readonly option: TableOption;
  /** Empty for an option without a value. */
  readonly value: string;
}

/** Meaning of a part of the command line. */
export type Part =
  | GivenOption & { readonly kind: "option" }
  /** The option takes a value, and the arguments end behind it. */
  | { readonly kind: "missing value"; readonly option: TableOption }
  /** The option takes no value, and `=` stands behind it. */
  | { readonly kind: "needless value"; readonly option: TableOption }
  /** No option of the table, its dashes included. */
  | { readonly kind: "unknown"; readonly typed: string }
  /** The rest of the command line, perhaps empty behind `--`. */
  | { readonly kind: "operands"; readonly operands: readonly string[] };

/**
 * Reads arguments as BSD getopt(3) does: letters cluster, a value is glued to
 * its letter or comes next, `--` or the first operand ends the options, and a
 * lone `-` is an operand. Words after two dashes are options of their own;
 * their values come next or are glued by a `=`.
 *
 * @throws {UsageError} If an option is unknown, lacks its value or has one that
 * it does not take.
 */
export function getopt(
  args: readonly string[],
  table: readonly TableOption[],
): { given: GivenOption[]; operands: readonly string[] } {
  const given: GivenOption[] = [];
  for (const part of partsOf(args, table)) {
    switch (part.kind) {
      case "option":
        given.push(part);
        break;
      case "missing value":
        throw wrong(`option requires an argument -- ${part.option.name}`);
      case "needless value":
        throw wrong(`option doesn't take an argument -- ${part.option.name}`);
      case "unknown":
        throw wrong(unknownOption(part.typed, table));
      case "operands":
        return { given, operands: part.operands };
      default:
        part satisfies never;
    }
  }
  return { given, operands: [] };
}

/** Splits arguments into their parts as `getopt` does, whatever it refuses. */
export function* partsOf(
  args: readonly string[],
  table: readonly TableOption[],
): Generator<Part> {
  const find = (typed: string) =>
    table.find(({ name }) => dashed(name) === typed);
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (!arg.startsWith("-") || arg === "-" || arg === "--") {
      yield {
        kind: "operands",
        operands: args.slice(arg === "--" ? at + 1 : at),
      };
      return;
    }
    if (arg.startsWith("--")) {
      const [typed, glued] = splitWord(arg);
      const option = find(typed);
      if (option === undefined) yield { kind: "unknown", typed };
      else if (option.value !== undefined) {
        yield withValue(option, glued ?? args[++at]);
      } else if (glued !== undefined) yield { kind: "needless value", option };
      else yield { kind: "option", option, value: "" };
      continue;
    }
    for (let rest = arg.slice(1); rest !== "";) {
      const letter = [...rest][0]!;
      rest = rest.slice(letter.length);
      const option = find(`-${letter}`);
      if (option === undefined) yield { kind: "unknown", typed: `-${letter}` };
      else if (option.value === undefined) {
        yield { kind: "option", option, value: "" };
      } else {
        yield withValue(option, rest || args[++at]);
        rest = "";
      }
    }
  }
}

/** Splits a word after two dashes from the value that a `=` glues to it. */
function splitWord(arg: string): [typed: string, glued?: string] {
  const at = arg.indexOf("=");
  return at < 0 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)];
}

function withValue(option: TableOption, value: string | undefined): Part {
  return value === undefined
    ? { kind: "missing value", option }
    : { kind: "option", option, value };
}

/** Options by which rsync deletes what its source lacks: no other one is meant. */
const RSYNC_DELETES = /^--del(?:ete(?:-[a-z]+)?)?$/;

/** Gives scp's words for an unknown option; a word also gets a way out. */
function unknownOption(typed: string, table: readonly TableOption[]): string {
  const message = `unknown option -- ${typed.replace(/^--?(?=.)/, "")}`;
  if (!/^--./.test(typed)) return message;
  if (RSYNC_DELETES.test(typed)) {
    return `${message}: nothing at a target is ever deleted: try --help`;
  }
  const words = table
    .filter(({ name, summary }) => name.length > 1 && summary !== undefined)
    .map(({ name }) => dashed(name));
  const closest = closestTo(typed, words);
  const hint = closest === undefined ? "" : ` did you mean ${closest}?`;
  return `${message}:${hint} try --help`;
}

function wrong(message: string): UsageError {
  return new UsageError(message, { showUsage: true });
}
