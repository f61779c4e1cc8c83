import { readProcBytes } from "./proc.ts";

let words: readonly Uint8Array[] | undefined;

/**
 * Gives the words of this process's command line, its own name first, read once;
 * none where there is no `/proc`.
 */
export function commandLine(): readonly Uint8Array[] {
  return words ??= readWords();
}

function readWords(): readonly Uint8Array[] {
  if (Deno.build.os !== "linux") return [];
  try {
    return [...wordsOf(readProcBytes("/proc/self/cmdline"))];
  } catch {
    return [];
  }
}

/** Splits the words, each of which ends with a NUL. */
function* wordsOf(content: Uint8Array): Iterable<Uint8Array> {
  for (let start = 0; start < content.length;) {
    const end = content.indexOf(0, start);
    if (end === -1) return;
    yield content.subarray(start, end);
    start = end + 1;
  }
}
