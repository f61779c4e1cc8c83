/** The ssh a copy would run, for whoever asks what is in use. */
export interface SshProgram {
  /** Where the PATH leads to; `undefined` if it is not there. */
  readonly path: string | undefined;
  /** What it says of itself, on one line. */
  readonly version: string | undefined;
}

/** Looks `program` up and asks it for its version. */
export function findSshProgram(program: string): SshProgram {
  const path = findInPath(program);
  if (path === undefined) return { path, version: undefined };
  const { stderr } = new Deno.Command(path, {
    args: ["-V"],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  return { path, version: new TextDecoder().decode(stderr).split("\n")[0] };
}

function findInPath(program: string): string | undefined {
  const isWindows = Deno.build.os === "windows";
  if (/[/\\]/.test(program)) return program;
  const folders = (Deno.env.get("PATH") ?? "").split(isWindows ? ";" : ":");
  return folders
    .map((folder) => `${folder}/${program}${isWindows ? ".exe" : ""}`)
    .find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
