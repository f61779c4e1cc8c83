import { UsageError } from "../errors.ts";
import type { Option } from "./options.ts";

/** An option as it stood on the command line. */
export interface GivenOption {
  readonly letter: string;
  /** Empty for an option without a value. */
  readonly value: string;
}

/**
 * Reads arguments as BSD getopt(3) does: letters cluster, a value is glued to
 * its letter or comes next, `--` or the first operand ends the options, and a
 * lone `-` is an operand.
 *
 * @throws {UsageError} If an option is unknown or lacks its value.
 */
export function getopt(
  args: readonly string[],
  table: readonly Option[],
): { given: GivenOption[]; operands: string[] } {
  const given: GivenOption[] = [];
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at]!;
    if (arg === "--") {
      at++;
      break;
    }
    if (!arg.startsWith("-") || arg === "-") break;
    for (let rest = arg.slice(1); rest !== "";) {
      const letter = [...rest][0]!;
      rest = rest.slice(letter.length);
      const option = table.find((option) => option.letter === letter);
      if (option === undefined) throw usage(`unknown option -- ${letter}`);
      if (option.value === undefined) {
        given.push({ letter, value: "" });
        continue;
      }
      const value = rest !== "" ? rest : args[++at];
      if (value === undefined) {
        throw usage(`option requires an argument -- ${letter}`);
      }
      given.push({ letter, value });
      rest = "";
    }
  }
  return { given, operands: args.slice(at) };
}

function usage(message: string): UsageError {
  return new UsageError(message, { showUsage: true });
}
