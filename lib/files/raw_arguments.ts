import { close, read } from "../system/libc.ts";
import { O_RDONLY, open } from "./libc.ts";
import { decodeName } from "./name_bytes.ts";

/** How much of the command line is read at a time. */
const BLOCK_BYTES = 64 * 1024;

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
  if (Deno.build.os !== "linux") return args;
  const words = commandLine();
  const given = words.slice(isCompiled ? 1 : words.length - args.length);
  const known = given.slice(given.length - args.length);
  const areTheirs = known.length === args.length &&
    known.every((word, index) => lossy.decode(word) === args[index]);
  return areTheirs ? given.map(decodeName) : args;
}

/** What the process was started with; nothing where that cannot be read. */
function commandLine(): Uint8Array[] {
  try {
    return [...wordsOf(readAll("/proc/self/cmdline"))];
  } catch {
    return [];
  }
}

function readAll(path: string): Uint8Array {
  const fd = open(path, O_RDONLY);
  try {
    const content: number[] = [];
    const block = new Uint8Array(BLOCK_BYTES);
    for (let count; (count = read(fd, block)!) > 0;) {
      for (const byte of block.subarray(0, count)) content.push(byte);
    }
    return Uint8Array.from(content);
  } finally {
    close(fd);
  }
}

/** The words, each of which ends with a NUL. */
function* wordsOf(content: Uint8Array): Iterable<Uint8Array> {
  for (let start = 0; start < content.length;) {
    const end = content.indexOf(0, start);
    if (end === -1) return;
    yield content.subarray(start, end);
    start = end + 1;
  }
}
