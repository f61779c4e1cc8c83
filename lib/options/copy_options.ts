import type { ExistingPolicy } from "../filesystem/existing_files.ts";
import type { GivenModes } from "../filesystem/store.ts";
import type { LocationRules } from "../location/location.ts";

/** Settings of a copy, as the command line gives them. */
export interface CopyOptions {
  /** True where directories are copied with their content. */
  readonly recursive: boolean;
  /** True where times and modes are preserved. */
  readonly preserve: boolean;
  /** True where names from the remote that were not requested are refused. */
  readonly checkNames: boolean;
  /** True where the target must be a directory. */
  readonly targetIsDirectory: boolean;
  /** True where a copy between two hosts goes through this one. */
  readonly throughHere: boolean;
  /** True where each step is reported, the remote's too. */
  readonly verbose: boolean;
  /** Limit of the bandwidth in bits per second; absent where there is none. */
  readonly bitsPerSecond?: number;
  /** Protocol to speak; absent where the program chooses. */
  readonly protocol?: "scp" | "sftp";
  /** Path of a local SFTP server that is run in place of ssh. */
  readonly sftpServer?: string;
  readonly sftpTuning: SftpTuning;
  /** True where each reply is awaited before more is sent. */
  readonly lockstep: boolean;
  /** Connections to a host that copy at once: 1 to 64. */
  readonly jobs: number;
  /** True where the connections of a login share its first one. */
  readonly share: boolean;
  /** Most tries after one whose connection failed; absent where there are none. */
  readonly retries?: number;
  /** Filters in the order of the command line; absent where there are none. */
  readonly filters?: readonly FilterOption[];
  /** Present where the target is a directory that is made if it is missing. */
  readonly makesTarget?: true;
  /** Present where each file is replaced in one step, once it is whole. */
  readonly isAtomic?: true;
  /** Present where a file goes on whose beginning is there. */
  readonly resumes?: true;
  /** Present where links are copied as links, and may not lead out of the target. */
  readonly keepsLinks?: true;
  /** Present where nothing is copied, but all that would be is listed. */
  readonly isDry?: true;
  /** Present where each file that arrives is proven by its SHA-256. */
  readonly verifies?: true;
  /** Modes of all that arrives; absent where none are given. */
  readonly modes?: GivenModes;
  /** Rules for files whose target is there; absent where all are replaced. */
  readonly existing?: ExistingPolicy;
  readonly ssh: SshSettings;
}

/** Option that chooses among entries of directories; the last match counts. */
export interface FilterOption {
  readonly kind: "exclude" | "include" | "exclude-from";
  /** Pattern, or the path of a file with a pattern on each line. */
  readonly value: string;
}

/** One copy: operands as they were typed, and settings. */
export interface CopyJob {
  readonly sources: readonly string[];
  readonly target: string;
  readonly options: CopyOptions;
  readonly rules: LocationRules;
  /** Signal that ends the copy. */
  readonly interrupted: AbortSignal;
  /**
   * True where all that is to be copied is counted beside the copy; absent where
   * nobody asks for the total, which then costs nothing.
   */
  readonly countsTotal?: boolean;
}

/** Amounts that SFTP requests at once, where the user sets them. */
export interface SftpTuning {
  /** The most reads and writes in flight. */
  readonly requests?: number;
  /** Size of each read and write in bytes. */
  readonly bufferBytes?: number;
}

/** Settings for calls of ssh, whatever the host. */
export interface SshSettings {
  /** Program run as ssh: `ssh`, or the one of `-S`. */
  readonly program: string;
  /** Arguments for ssh from the user's options, in their order. */
  readonly flags: readonly string[];
  /** Port of `-P`; a URI's own port has precedence. */
  readonly port?: number;
}

/** Argument of `-B` for ssh, as OpenSSH's scp spells it: no questions. */
export const BATCH_MODE = "-oBatchmode=yes";

/** Request of a client, by the arguments with which it starts its remote. */
export interface ServeRequest {
  /** Role of this side: `-t` requests a sink, `-f` a source. */
  readonly role: "sink" | "source";
  /** Paths to send; for a sink its one target. */
  readonly paths: readonly string[];
  readonly recursive: boolean;
  readonly preserve: boolean;
  /** True where the target must be a directory. */
  readonly targetIsDirectory: boolean;
  /** True where each step is reported on standard error. */
  readonly verbose: boolean;
}
