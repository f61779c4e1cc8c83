import { root } from "./root.ts";

/** Commit that a build is made of. */
export interface Commit {
  /** Abbreviated; with `-dirty` where the work tree differs from it. */
  readonly name: string;
  /** Time of the commit. */
  readonly date: Date;
}

/** The commit that is checked out; `undefined` outside a git checkout. */
export function checkedOutCommit(): Commit | undefined {
  const name = git("describe", "--always", "--exclude=*", "--dirty");
  const seconds = git("show", "--no-patch", "--format=%ct", "HEAD");
  if (name === undefined || seconds === undefined) return undefined;
  return { name, date: new Date(Number(seconds) * 1000) };
}

function git(...args: string[]): string | undefined {
  try {
    const { success, stdout } = new Deno.Command("git", {
      args,
      cwd: root,
      stderr: "null",
    }).outputSync();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
