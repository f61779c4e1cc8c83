/** Script of a program that stands for ssh, as data that a file can hold. */

import type { TreeEntry } from "../fixtures/tree.ts";

/** One step of a session; text is UTF-8 on the wire. */
export type Step =
  /** Writes to standard output. */
  | { readonly says: string }
  /** Writes the marker that the command asks for, if it asks for one. */
  | { readonly echoes: true }
  /** Reads exactly this from standard input. */
  | { readonly hears: string }
  /** Writes to standard error. */
  | { readonly warns: string }
  /** Serves SFTP on a tree in memory, until standard input ends. */
  | { readonly serves: readonly TreeEntry[] }
  /** Ends with an exit status; 0 where no step tells. */
  | { readonly ends: number }
  /** Ends as a killed program does. */
  | { readonly dies: true }
  /** Waits until it is ended. */
  | { readonly waits: true };

/** Reason for an ssh to be started, by its arguments. */
export type Service =
  /** `ssh host scp -t`, which takes files, and any other command. */
  | "sink"
  /** `ssh host scp -f`, which sends files. */
  | "source"
  /** `ssh -s host sftp` */
  | "sftp"
  /** `ssh -G`, which prints what ssh would use for a host. */
  | "configuration"
  /** `ssh -V` */
  | "version";

/** Steps of each session; a service that is absent does nothing and succeeds. */
export type SshScript = Readonly<Partial<Record<Service, readonly Step[]>>>;

/** Entry below a served tree's root, after its session; a directory's path ends in a slash. */
export interface ServedEntry {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
  /** In seconds since 1970 UTC. */
  readonly modified: number;
}

/** Environment variable that names the directory of a script. */
export const SCRIPT_VARIABLE = "SEACP_SSH_SCRIPT";

/** Files in that directory. */
export const SCRIPT_FILES = {
  /** The script. */
  script: "script.json",
  /** Arguments of each session in the order of their starts, a line each. */
  calls: "calls",
  /** The served tree after its session. */
  served: "served.json",
} as const;

/** Exit status of an ssh that was not talked to as its script says. */
export const SCRIPT_FAILURE = 99;
