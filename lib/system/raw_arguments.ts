import { commandLine } from "./command_line.ts";
import { decodeName } from "../names/name_bytes.ts";

const lossy = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The process's arguments as they were given, each a name as `decodeName` gives
 * it, where Linux can be asked for them. The runtime's have U+FFFD for bytes
 * that are no UTF-8, and a compiled program's lack the first one if it is the
 * program's own path.
 *
 * @param args The process's arguments, as the runtime gives them.
 * @param isCompiled Whether all that follows the program's name is for it.
 */
export function rawArguments(
  args: readonly string[],
  isCompiled: boolean,
): readonly string[] {
  const words = commandLine();
  const given = words.slice(isCompiled ? 1 : words.length - args.length);
  const known = given.slice(given.length - args.length);
  const areTheirs = known.length === args.length &&
    known.every((word, index) => lossy.decode(word) === args[index]);
  return areTheirs ? given.map(decodeName) : args;
}
