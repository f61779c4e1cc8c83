/** The ssh that a copy would run, for whoever asks what is in use. */

/** What a program says of itself, on one line; `undefined` if it says nothing. */
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

/** Where the PATH leads to; `undefined` if it is not there. */
export function findInPath(program: string): string | undefined {
  return pathsOf(program, {
    os: Deno.build.os,
    path: Deno.env.get("PATH") ?? "",
    extensions: Deno.env.get("PATHEXT") ?? "",
  }).find(isExecutable);
}

/** Settings by which a program is looked for. */
export interface ProgramPlaces {
  /** The operating system, as Deno names it. */
  readonly os: string;
  /** Value of PATH. */
  readonly path: string;
  /** Value of PATHEXT: Windows' names of programs end in one of these. */
  readonly extensions: string;
}

/** Extensions where PATHEXT names none, as in cmd.exe's documentation. */
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

/** On Windows the name alone makes a program; its mode says nothing. */
function isExecutable(path: string): boolean {
  const isByName = Deno.build.os === "windows";
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && (isByName || (mode! & 0o111) !== 0);
  } catch {
    return false;
  }
}
