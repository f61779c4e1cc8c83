import { printable } from "../names/printable.ts";
import { findInPath, versionOf } from "../ssh/program.ts";

/** Origin of an executable. */
export interface Compilation {
  readonly commit: string;
  /** Version of the Deno that compiled it; a release has its runtime. */
  readonly deno: string;
}

/** The running program and its runtime. */
export interface Build {
  readonly version: string;
  /** Origin of the executable; `undefined` where the source is run. */
  readonly compiled: Compilation | undefined;
  /** The target triple. */
  readonly target: string;
  /** The operating system, as Deno names it. */
  readonly os: string;
  /** The version of the runtime. */
  readonly deno: string;
}

/**
 * Gives the text that `--version` prints: this program, then the ssh it would
 * run, with that one's own version where `verbose` is true.
 */
export function versionText(
  { version, compiled, target, deno }: Build,
  { verbose }: { verbose: boolean },
): string {
  const ssh = findInPath("ssh");
  const sshVersion = verbose && ssh !== undefined ? versionOf(ssh) : undefined;
  return [
    `seacp ${version}`,
    `commit:    ${compiled?.commit ?? "none: run from its source"}`,
    `target:    ${target}`,
    `deno:      ${deno}${remarkOn(deno, compiled)}`,
    `protocols: SCP, SFTP 3`,
    `ssh:       ${printable(ssh ?? "not found in the PATH")}`,
    ...(sshVersion === undefined
      ? []
      : [`           ${printable(sshVersion)}`]),
  ].join("\n");
}

/** Gives the remark on a runtime that is not the one of a release. */
function remarkOn(deno: string, compiled: Compilation | undefined): string {
  return compiled === undefined || compiled.deno === deno
    ? ""
    : ` in place of ${compiled.deno}: for tests, not a release`;
}
