import { type Outcome, type RunOptions, runProgram, SEACP } from "./program.ts";

/** The program that lends a terminal; from Debian's bsdutils. */
export const LENDS_TERMINAL = "script";

/**
 * Runs a shell command on a terminal of so many columns. Its standard output
 * is what the terminal was sent, standard error included.
 */
export async function onTerminal(
  command: string,
  columns: number,
  options: RunOptions = {},
): Promise<Outcome> {
  return await runProgram([
    LENDS_TERMINAL,
    "--quiet",
    "--return",
    "--command",
    `stty cols ${columns} rows 24 && ${command}`,
    "/dev/null",
  ], { ...options, env: { SHELL: "/bin/sh", ...options.env } });
}

/** The shell command that runs the program with these arguments. */
export function seacpCommand(args: readonly string[]): string {
  return [...SEACP, ...args].map(quoted).join(" ");
}

/** One word for a shell; bare where that needs no quotes. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", "'\\''")}'`;
}

/** What stood on each line of the terminal when it was left. */
export function linesLeft(output: string): string[] {
  return output.split("\n").map((line) => lastDrawn(line))
    .filter((line) => line !== "");
}

function lastDrawn(line: string): string {
  return line.replace(/\r+$/, "").split("\r").at(-1)!;
}
