import { commandLine } from "./command_line.ts";

/** The program's own name. */
const DEFAULT = "seacp";

const decoder = new TextDecoder();

/**
 * Gives the name that messages begin with: `scp` where a compiled program was
 * called so.
 *
 * @param isCompiled True where this process is the compiled program, not a runtime
 * that runs its source.
 */
export function programName(isCompiled: boolean): string {
  return isCompiled ? nameIn(firstWord()) : DEFAULT;
}

/** Gives the name in a path; the program's own where that is no plain name. */
export function nameIn(path: string): string {
  const name = path.replace(/^.*[/\\]/s, "").replace(/\.exe$/i, "");
  return /^[\w.+-]{1,64}$/.test(name) ? name : DEFAULT;
}

/** Gives the process's own name, or its path where no name is known. */
function firstWord(): string {
  const [word] = commandLine();
  return word === undefined ? Deno.execPath() : decoder.decode(word);
}
