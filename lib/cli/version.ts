import { printable } from "../progress/printable.ts";
import { findSshProgram } from "../ssh/program.ts";

/** What this executable was made of. */
export interface Build {
  readonly version: string;
  /** The target triple. */
  readonly target: string;
  /** The operating system, as Deno names it. */
  readonly os: string;
  readonly deno: string;
}

/** What `--version` prints: this program, then the ssh it would run. */
export function versionText({ version, target, deno }: Build): string {
  const ssh = findSshProgram("ssh");
  return [
    `seacp ${version}`,
    `target: ${target}`,
    `deno:   ${deno}`,
    `ssh:    ${printable(ssh.path ?? "not found in the PATH")}`,
    ...(ssh.version ? [`        ${printable(ssh.version)}`] : []),
  ].join("\n");
}
