import { printable } from "../names/printable.ts";
import { findInPath, versionOf } from "../ssh/program.ts";

/** Commit and compiler of an executable. */
export interface Compilation {
  readonly commit: string;
  /** The version of the Deno that compiled it, whose runtime a release has. */
  readonly deno: string;
}

/** The program that runs, and what runs it. */
export interface Build {
  readonly version: string;
  /** `undefined` where it runs from its source. */
  readonly compiled: Compilation | undefined;
  /** The target triple. */
  readonly target: string;
  /** The operating system, as Deno names it. */
  readonly os: string;
  /** The version of the runtime. */
  readonly deno: string;
}

/**
 * What `--version` prints: this program, then the ssh it would run.
 *
 * @param verbose Whether that one is asked for its own version, too.
 */
export function versionText(
  { version, compiled, target, deno }: Build,
  { verbose }: { verbose: boolean },
): string {
  const ssh = findInPath("ssh");
  const said = verbose && ssh !== undefined ? versionOf(ssh) : undefined;
  return [
    `seacp ${version}`,
    `commit:    ${compiled?.commit ?? "none: run from its source"}`,
    `target:    ${target}`,
    `deno:      ${deno}${standsIn(deno, compiled)}`,
    `protocols: SCP, SFTP 3`,
    `ssh:       ${printable(ssh ?? "not found in the PATH")}`,
    ...(said === undefined ? [] : [`           ${printable(said)}`]),
  ].join("\n");
}

/** Tells a runtime that is not the one of a release. */
function standsIn(deno: string, compiled: Compilation | undefined): string {
  return compiled === undefined || compiled.deno === deno
    ? ""
    : ` in place of ${compiled.deno}: for tests, not a release`;
}
