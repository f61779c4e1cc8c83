/** Text of `--serve --check`: what keeps a server's clients in its directory. */

import type { Access } from "../filesystem/access.ts";
import { printable } from "../names/printable.ts";

/** Facts about a server that could serve. */
export interface CheckedServer {
  readonly directory: string;
  readonly access: Access;
  /** Owners of the directory and its permission bits; absent where none are told. */
  readonly owners:
    | { readonly user: number; readonly group: number; readonly mode: number }
    | undefined;
  /** Account that runs the server. */
  readonly account: { readonly id: number; readonly name: string };
  /** True where Landlock is in force. */
  readonly hasLandlock: boolean;
  /** Path of the log, or `syslog`; absent where none is kept. */
  readonly log?: string;
}

/** Meaning of each access, for an administrator. */
const MEANINGS: Readonly<Record<Access, string>> = {
  "read-write": "clients read, write, replace and remove",
  "read-only": "clients read, and change nothing",
  "write-only": "clients add new files, and are shown none",
  "no-overwrite": "clients read and add new files, and replace nothing",
};

const GROUP_WRITE = 0o020;
const OTHERS_WRITE = 0o002;

/** Gives the text, each fact a line. */
export function checkText(server: CheckedServer): string {
  const { directory, access, account, hasLandlock, log } = server;
  return [
    `directory: ${printable(directory)}`,
    `account: ${printable(account.name)} (${account.id})`,
    `access: ${access}: ${MEANINGS[access]}`,
    `written by: ${writersOf(server)}`,
    "openat2: in force: no path leads out of the directory",
    hasLandlock
      ? "Landlock: in force: the kernel refuses all files outside"
      : "Landlock: not in force, as this kernel has none: use ChrootDirectory, too",
    `log: ${log === undefined ? "none" : printable(log)}`,
  ].join("\n");
}

/** Tells who can change the directory on the system itself. */
function writersOf({ owners, account }: CheckedServer): string {
  if (owners === undefined) return "unknown";
  const { user, group, mode } = owners;
  const owner = user === account.id
    ? "this account, which owns it"
    : `user ${user}, who owns it`;
  const others = [
    ...((mode & GROUP_WRITE) === 0 ? [] : [`group ${group}`]),
    ...((mode & OTHERS_WRITE) === 0 ? [] : ["everybody"]),
  ];
  return [owner, ...others].join("; ");
}
