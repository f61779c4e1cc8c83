/** The name under which this program was called. */

import { commandLine } from "./command_line.ts";

const DEFAULT = "seacp";

const decoder = new TextDecoder();

/**
 * Gives the name that messages begin with: `scp` where a compiled program was
 * called so.
 *
 * @param isCompiled Whether this process is the program, not a runtime that
 * runs its source.
 */
export function programName(isCompiled: boolean): string {
  return isCompiled ? nameIn(firstWord()) : DEFAULT;
}

/** Gives the name in a path; the program's own where that is no plain name. */
export function nameIn(path: string): string {
  const name = path.replace(/^.*[/\\]/s, "").replace(/\.exe$/i, "");
  return /^[\w.+-]{1,64}$/.test(name) ? name : DEFAULT;
}

/**
 * Reads the word that the process was called by; the path of the program where
 * nothing tells.
 */
function firstWord(): string {
  const [word] = commandLine();
  return word === undefined ? Deno.execPath() : decoder.decode(word);
}
