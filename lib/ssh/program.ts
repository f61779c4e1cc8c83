/** The ssh a copy would run, for whoever asks what is in use. */
export interface SshProgram {
  /** Where the PATH leads to; `undefined` if it is not there. */
  readonly path: string | undefined;
  /** What it says of itself, on one line; `undefined` if it says nothing. */
  readonly version: string | undefined;
}

/** Looks `program` up and asks it for its version. */
export function findSshProgram(program: string): SshProgram {
  const path = findInPath(program);
  return { path, version: path && versionOf(path) };
}

function versionOf(path: string): string | undefined {
  try {
    const { stderr } = new Deno.Command(path, {
      args: ["-V"],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).outputSync();
    return new TextDecoder().decode(stderr).split("\n")[0];
  } catch {
    return undefined;
  }
}

function findInPath(program: string): string | undefined {
  const isWindows = Deno.build.os === "windows";
  const folders = (Deno.env.get("PATH") ?? "").split(isWindows ? ";" : ":");
  return folders
    .map((folder) => `${folder}/${program}${isWindows ? ".exe" : ""}`)
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && (mode === null || (mode & 0o111) !== 0);
  } catch {
    return false;
  }
}
