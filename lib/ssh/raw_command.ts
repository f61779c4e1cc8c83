import { EntryError } from "../errors.ts";
import { encodeName } from "../files/name_bytes.ts";

/** A program and its arguments, all of them UTF-8. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * Takes the words up to the first `.` off the front, adds what each stands for
 * to the end, and becomes the program they name. What a word stands for gets a
 * `.` of its own on the way: a substitution would lose newlines at its end.
 * There are no variables, which ssh could see; where there is no such program,
 * its end is that of an ssh that failed.
 */
const RUN_ENCODED = `trap 'exit 255' EXIT
while [ "$1" != . ]; do
  set -- "$(printf '%b.' "$1")" "$@"
  set -- "$@" "\${1%.}"
  shift 2
done
shift
exec "$@"`;

/**
 * The command that runs `program` with these arguments, for a runtime that
 * takes only UTF-8. Where some of them are not, a shell is given them encoded
 * and becomes the program: signals and exit status are the program's own, and
 * its environment is ours, but for what shells keep themselves: `PWD`, `IFS`,
 * and in bash `SHLVL` and `_`.
 *
 * @throws {EntryError} If this system's arguments cannot be such words.
 */
export function rawCommand(program: string, args: readonly string[]): Command {
  const words = [program, ...args];
  const odd = words.find((word) => !word.isWellFormed());
  if (odd === undefined) return { program, args };
  if (Deno.build.os === "windows") {
    throw new EntryError(
      `${odd}: what is not UTF-8 cannot be said to ssh here`,
    );
  }
  return {
    program: "/bin/sh",
    args: ["-c", RUN_ENCODED, "sh", ...words.map(encoded), "."],
  };
}

/** A word as printf's `%b` reads it: `\0ooo` for each byte. */
function encoded(word: string): string {
  return Array.from(
    encodeName(word),
    (byte) => "\\0" + byte.toString(8).padStart(3, "0"),
  ).join("");
}
