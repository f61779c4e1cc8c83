import {
  type Outcome,
  type Running,
  type RunOptions,
  SEACP,
  startProgram,
} from "./program.ts";

/** The program that lends a terminal; from Debian's bsdutils, part of macOS. */
export const LENDS_TERMINAL = "script";

/**
 * Gives the command that runs a shell command on a terminal, and ends as that
 * one does.
 *
 * @param transcript A file to which all goes that the terminal is sent, at once.
 */
export function lentTerminal(
  command: string,
  transcript = "/dev/null",
): [string, ...string[]] {
  return Deno.build.os === "darwin"
    ? [LENDS_TERMINAL, "-q", "-t", "0", transcript, "/bin/sh", "-c", command]
    : [LENDS_TERMINAL, "-qefc", command, transcript];
}

export interface TerminalOptions extends Omit<RunOptions, "wrapper"> {
  /** A file to which all goes that the terminal is sent, as it is sent. */
  readonly transcript?: string;
}

/**
 * Runs a shell command on a terminal of so many columns. Its standard output
 * is what the terminal was sent, standard error included; its input is what is
 * typed there.
 */
export async function onTerminal(
  command: string,
  columns: number,
  options: TerminalOptions = {},
): Promise<Outcome> {
  return await startOnTerminal(command, columns, options).outcome;
}

/** The same, not waited for. */
export function startOnTerminal(
  command: string,
  columns: number,
  { transcript = "/dev/null", ...options }: TerminalOptions = {},
): Running {
  return startProgram(
    lentTerminal(`stty cols ${columns} rows 24 && ${command}`, transcript),
    { ...options, env: { SHELL: "/bin/sh", ...options.env } },
  );
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

/** Gives the text of each line of the terminal when the program left it. */
export function linesLeft(output: string): string[] {
  return output.split("\n").map((line) => lastDrawn(line))
    .filter((line) => line !== "");
}

function lastDrawn(line: string): string {
  return line.replace(/\r+$/, "").split("\r").at(-1)!;
}
