import type { LocationRules } from "../location/location.ts";

/** How a copy is to be made, as the command line says. */
export interface CopyOptions {
  /** Copy directories with what they hold. */
  readonly recursive: boolean;
  /** Preserve times and modes. */
  readonly preserve: boolean;
  /** Refuse names from the remote that were not asked for. */
  readonly checkNames: boolean;
  /** The target must be a directory. */
  readonly targetIsDirectory: boolean;
  /** Copy between two hosts through this one, not directly. */
  readonly throughHere: boolean;
  /** Be told each step; the remote too. */
  readonly verbose: boolean;
  /** The most bits a second that are moved, if there is such a limit. */
  readonly bitsPerSecond?: number;
  /** The protocol to speak; absent where it is to be found. */
  readonly protocol?: "scp" | "sftp";
  /** An SFTP server here, to be run in ssh's place. */
  readonly sftpServer?: string;
  readonly sftpTuning: SftpTuning;
  /** Wait for each answer before what comes next is sent. */
  readonly lockstep: boolean;
  readonly ssh: SshSettings;
}

/** What is copied where, and how; operands as they were typed. */
export interface CopyJob {
  readonly sources: readonly string[];
  readonly target: string;
  readonly options: CopyOptions;
  readonly rules: LocationRules;
  /** Ends the copy when aborted. */
  readonly interrupted: AbortSignal;
}

/** How much is asked for at once, where the user says so. */
export interface SftpTuning {
  /** The most reads and writes that are in flight at once. */
  readonly requests?: number;
  /** How much each of them moves, in bytes. */
  readonly bufferBytes?: number;
}

/** How ssh is called, whatever the host. */
export interface SshSettings {
  /** The program that stands for ssh: `ssh`, or what `-S` named. */
  readonly program: string;
  /** What the user's options say to ssh, in the order they were given. */
  readonly flags: readonly string[];
  /** What `-P` said; a URI's own port comes before it. */
  readonly port?: number;
}

/** What `-B` says to ssh, in the spelling of OpenSSH's scp: ask for nothing. */
export const BATCH_MODE = "-oBatchmode=yes";

/** What a client asks of its remote, by the arguments it starts it with. */
export interface ServeRequest {
  /** What this side is: `-t` asks for a sink, `-f` for a source. */
  readonly role: "sink" | "source";
  /** A sink has one, its target. */
  readonly paths: readonly string[];
  readonly recursive: boolean;
  readonly preserve: boolean;
  /** The target must be a directory. */
  readonly targetIsDirectory: boolean;
  /** Say each step on standard error. */
  readonly verbose: boolean;
}
