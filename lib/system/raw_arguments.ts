import { commandLine } from "./command_line.ts";
import { decodeName } from "../names/name_bytes.ts";

const lossy = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Gives the process's arguments by their bytes, as `decodeName` decodes them; on
 * other systems than Linux, the runtime's. The runtime's have U+FFFD for bytes that
 * are no UTF-8, and lack the first one if it is a compiled program's own path.
 *
 * @param args The process's arguments, as the runtime gives them.
 * @param isCompiled True where every word behind the program's name is its argument.
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
