import type { LocationRules } from "../location/location.ts";
import type { SftpTuning } from "../sftp/remote_files.ts";
import type { SshSettings } from "../ssh/arguments.ts";

/** How a copy is to be made, as the command line says. */
export interface CopyOptions {
  /** Copy folders with what they hold. */
  readonly recursive: boolean;
  /** Preserve times and modes. */
  readonly preserve: boolean;
  /** Refuse names from the far side that were not asked for. */
  readonly checkNames: boolean;
  /** The target must be a folder. */
  readonly targetIsFolder: boolean;
  /** Copy between two hosts through this one, not directly. */
  readonly throughHere: boolean;
  /** Be told each step; the far side too. */
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
