import { UsageError } from "../errors.ts";
import { dashed, type Option } from "./option_table.ts";

/** An option as it stood on the command line. */
export interface GivenOption {
  readonly name: string;
  /** Empty for an option without a value. */
  readonly value: string;
}

/**
 * Reads arguments as BSD getopt(3) does: letters cluster, a value is glued to
 * its letter or comes next, `--` or the first operand ends the options, and a
 * lone `-` is an operand. Words after two dashes are options of their own; their
 * values come next or are glued by a `=`.
 *
 * @throws {UsageError} If an option is unknown or lacks its value.
 */
export function getopt(
  args: readonly string[],
  table: readonly Option[],
): { given: GivenOption[]; operands: string[] } {
  const given: GivenOption[] = [];
  const find = (typed: string) => {
    const option = table.find(({ name }) => dashed(name) === typed);
    if (option !== undefined) return option;
    throw usage(`unknown option -- ${typed.replace(/^--?(?=.)/, "")}`);
  };
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at]!;
    if (arg === "--") {
      at++;
      break;
    }
    if (!arg.startsWith("-") || arg === "-") break;
    if (arg.startsWith("--")) {
      const [typed, glued] = splitWord(arg);
      const { name, value: takesValue } = find(typed);
      if (takesValue === undefined && glued !== undefined) {
        throw usage(`option doesn't take an argument -- ${name}`);
      }
      const value = takesValue === undefined ? "" : glued ?? args[++at];
      given.push({ name, value: expected(value, name) });
      continue;
    }
    for (let rest = arg.slice(1); rest !== "";) {
      const { name, value: takesValue } = find(`-${[...rest][0]}`);
      rest = rest.slice(name.length);
      if (takesValue === undefined) {
        given.push({ name, value: "" });
        continue;
      }
      const value = rest !== "" ? rest : args[++at];
      given.push({ name, value: expected(value, name) });
      rest = "";
    }
  }
  return { given, operands: args.slice(at) };
}

/** A word after two dashes, and what is glued to it by a `=`. */
function splitWord(arg: string): [typed: string, glued?: string] {
  const at = arg.indexOf("=");
  return at < 0 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)];
}

function expected(value: string | undefined, name: string): string {
  if (value !== undefined) return value;
  throw usage(`option requires an argument -- ${name}`);
}

function usage(message: string): UsageError {
  return new UsageError(message, { showUsage: true });
}
