import { printable } from "../progress/printable.ts";
import { findInPath, versionOf } from "../ssh/program.ts";

/** What this executable was made of. */
export interface Build {
  readonly version: string;
  /** The commit; `undefined` where it runs from its source. */
  readonly commit: string | undefined;
  /** The target triple. */
  readonly target: string;
  /** The operating system, as Deno names it. */
  readonly os: string;
  readonly deno: string;
}

/**
 * What `--version` prints: this program, then the ssh it would run.
 *
 * @param verbose Whether that one is asked for its own version, too.
 */
export function versionText(
  { version, commit, target, deno }: Build,
  { verbose }: { verbose: boolean },
): string {
  const ssh = findInPath("ssh");
  const said = verbose && ssh !== undefined ? versionOf(ssh) : undefined;
  return [
    `seacp ${version}`,
    `commit:    ${commit ?? "none: run from its source"}`,
    `target:    ${target}`,
    `deno:      ${deno}`,
    `protocols: SCP, SFTP 3`,
    `ssh:       ${printable(ssh ?? "not found in the PATH")}`,
    ...(said === undefined ? [] : [`           ${printable(said)}`]),
  ].join("\n");
}
