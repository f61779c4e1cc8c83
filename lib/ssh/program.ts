/** Programs of the PATH, and short runs of them. */

import { onWindows } from "../system/own_platform.ts";

/** Longest time that a short run may take, in milliseconds. */
const LIMIT_MILLISECONDS = 2000;

/** Runs a program that prints something; gives `undefined` if it fails. */
export async function outputOf(
  program: string,
  args: readonly string[],
): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.timeout(LIMIT_MILLISECONDS),
    }).output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  }
}

/** Runs a program whose exit status alone is of interest. */
export async function succeeds(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, {
      args: [...args],
      env,
      stdin: "null",
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(LIMIT_MILLISECONDS),
    }).output();
    return success;
  } catch {
    return false;
  }
}

/** Gives the first line that `-V` prints; `undefined` if the program fails. */
export function versionOf(path: string): string | undefined {
  try {
    const { stderr } = new Deno.Command(path, {
      args: ["-V"],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).outputSync();
    return new TextDecoder().decode(stderr).split(/\r?\n/)[0];
  } catch {
    return undefined;
  }
}

/** Gives the path of a program in the PATH; `undefined` if there is none. */
export function findInPath(program: string): string | undefined {
  return pathsOf(program, {
    os: Deno.build.os,
    path: Deno.env.get("PATH") ?? "",
    extensions: Deno.env.get("PATHEXT") ?? "",
  }).find(isExecutable);
}

/** Settings of the search for a program. */
export interface ProgramPlaces {
  /** The operating system, as Deno names it. */
  readonly os: string;
  /** Value of PATH. */
  readonly path: string;
  /** Value of PATHEXT: endings of programs' names on Windows. */
  readonly extensions: string;
}

/** Extensions where PATHEXT is empty, as cmd.exe's documentation has them. */
const USUAL_EXTENSIONS = ".COM;.EXE;.BAT;.CMD";

/** Gives each path that a program may have, in the order of the search. */
export function pathsOf(
  program: string,
  { os, path, extensions }: ProgramPlaces,
): string[] {
  if (os !== "windows") {
    return path.split(":").map((directory) => `${directory}/${program}`);
  }
  const ends = (extensions || USUAL_EXTENSIONS).toLowerCase().split(";")
    .filter((extension) => extension !== "");
  const isWhole = ends.some((end) => program.toLowerCase().endsWith(end));
  const names = isWhole ? [program] : ends.map((end) => program + end);
  return path.split(";")
    .flatMap((directory) => names.map((name) => `${directory}\\${name}`));
}

/** Tells whether a file is a program: on Windows, its name alone says so. */
function isExecutable(path: string): boolean {
  const isByName = onWindows;
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && (isByName || (mode! & 0o111) !== 0);
  } catch {
    return false;
  }
}
