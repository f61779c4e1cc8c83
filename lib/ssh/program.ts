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
    return new TextDecoder().decode(stderr).split("\n")[0];
  } catch {
    return undefined;
  }
}

/** Where the PATH leads to; `undefined` if it is not there. */
export function findInPath(program: string): string | undefined {
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
