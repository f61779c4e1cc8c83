import { printable } from "../progress/printable.ts";
import { findInPath, versionOf } from "../ssh/program.ts";

/** What this executable was made of. */
export interface Build {
  readonly version: string;
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
  { version, target, deno }: Build,
  { verbose }: { verbose: boolean },
): string {
  const ssh = findInPath("ssh");
  const said = verbose && ssh !== undefined ? versionOf(ssh) : undefined;
  return [
    `seacp ${version}`,
    `target: ${target}`,
    `deno:   ${deno}`,
    `ssh:    ${printable(ssh ?? "not found in the PATH")}`,
    ...(said === undefined ? [] : [`        ${printable(said)}`]),
  ].join("\n");
}
