/** Events of a copy, in the order in which they happen. */

import type { CutState } from "../errors.ts";
import type { SkipReason } from "../filesystem/existing_files.ts";

/**
 * Event of a copy. Texts are raw, a peer's words and file names among them:
 * whoever shows them escapes them.
 */
export type CopyEvent =
  /** The protocol for some hosts was chosen, and why. */
  | {
    readonly kind: "host";
    readonly hosts: readonly string[];
    readonly protocol: string;
    readonly reason: string;
    /** True where the protocol that was chosen first did not begin. */
    readonly isFallback?: boolean;
  }
  /** An ssh starts, which may ask on the terminal. */
  | { readonly kind: "sshStarted" }
  /** Standard error of an ssh, as it came. */
  | { readonly kind: "sshOutput"; readonly text: string }
  /** A walk came to an entry, which is copied next. */
  | { readonly kind: "scan"; readonly path: string; readonly target: string }
  /** An entry is left out of the copy, for it is not among those asked for. */
  | {
    readonly kind: "excluded";
    /** Text that messages put before its path. */
    readonly label: string;
    readonly path: string;
    /** Rule that excludes it, or why no rule includes it. */
    readonly reason: string;
  }
  /** A file is not copied, since an option asks for that. */
  | {
    readonly kind: "skipped";
    /** Path as in `MovingFile`. */
    readonly path: string;
    /** Path of its target, as messages name it. */
    readonly target: string;
    readonly reason: SkipReason;
    /** Length in bytes; absent where it is no file. */
    readonly bytes?: number;
  }
  /** A file whose beginning is there is copied from a byte on. */
  | {
    readonly kind: "resumed";
    /** Path as in `MovingFile`. */
    readonly path: string;
    /** Number of bytes that are there. */
    readonly at: number;
    /** Length of the whole file, in bytes. */
    readonly size: number;
  }
  /** A change that a dry run leaves out. */
  | ({ readonly kind: "planned" } & Plan)
  /** A file begins to move; others may be in flight. */
  | {
    readonly kind: "fileStarted";
    readonly file: MovingFile;
  }
  /** More bytes of a file moved. */
  | {
    readonly kind: "moved";
    readonly file: MovingFile;
    readonly bytes: number;
  }
  /** All of a file has moved, and is compared with what is there. */
  | { readonly kind: "verifying"; readonly file: MovingFile }
  /** No more of a file moves, whole or not. */
  | { readonly kind: "finished"; readonly file: MovingFile }
  /** The copy of a file is over: the last event of each file that started. */
  | {
    readonly kind: "settled";
    readonly file: MovingFile;
    readonly outcome: FileOutcome;
    /** Proof that it arrived as it was sent; absent where nobody asked for one. */
    readonly proof?: Proof | undefined;
  }
  /** More of what is to be copied was counted. */
  | { readonly kind: "counted"; readonly total: Total }
  /** Something is not as asked for, yet nothing failed. */
  | { readonly kind: "warning"; readonly message: string }
  /** An entry, or all that was left, failed: it counts against the status. */
  | {
    readonly kind: "failure";
    readonly message: string;
    /** Path of the entry, as in `MovingFile`; absent where it is not known. */
    readonly path?: string;
    /** Host that failed, or said so; absent where none did. */
    readonly host?: string;
    /** True where a connection could not be made, or was lost. */
    readonly isConnection?: boolean;
    /** Point at which a connection failed that a new one may make good. */
    readonly mendable?: MendablePoint;
    /** State of an entry that is not whole since the copy was cut, and for no other reason. */
    readonly cut?: CutState;
    /** True where it kept a host's other entries from being tried. */
    readonly endsSession?: boolean;
  }
  /** A connection failed, and the copy goes on over a new one after a pause. */
  | {
    readonly kind: "retry";
    readonly host: string;
    readonly reason: "no connection" | "connection lost";
    /** Length of the pause. */
    readonly seconds: number;
    /** Number of the new try: 1 for the first one after a failure. */
    readonly attempt: number;
    /** Most tries after failures. */
    readonly attempts: number;
  }
  /** A step, put into words only for whoever asked to see the steps. */
  | { readonly kind: "verbose"; readonly message: () => string }
  /** The copy is over: nothing more is told. */
  | { readonly kind: "end" };

/** Path, and the text that messages put before it: a host, or nothing. */
export interface LabelledPath {
  readonly label: string;
  readonly path: string;
}

/** Point of a session: its login, or the dialogue over a protocol. */
export type MendablePoint = "login" | "scp" | "sftp";

/** Change that a copy would make at its target. */
export type Plan =
  | {
    readonly action: "copy";
    readonly source: LabelledPath;
    readonly target: LabelledPath;
    /** Length of the source. */
    readonly bytes: number;
    /** True where something is there; absent where nobody looked. */
    readonly replaces?: boolean;
  }
  | { readonly action: "make directory"; readonly target: LabelledPath }
  | {
    readonly action: "make link";
    readonly target: LabelledPath;
    readonly destination: string;
    /** True where something is there. */
    readonly replaces: boolean;
  };

/**
 * Outcome of a file: it arrived whole, it failed, or it is to be sent again, as
 * another file that starts.
 */
export type FileOutcome = "copied" | "failed" | "again";

/**
 * Proof of a file by its SHA-256: the other side told it, or the file was read back
 * over the connection.
 */
export type Proof = "hashed" | "read back";

/** Amount that a job is to copy, as far as it was counted. */
export interface Total {
  readonly files: number;
  /** Length of all of them, in bytes. */
  readonly bytes: number;
  /** True where nothing is left to be counted. */
  readonly isComplete: boolean;
}

/** A file that moves, told apart from others by being the same object. */
export interface MovingFile {
  readonly name: string;
  /**
   * Path on this machine, of the source of an upload or the target of a download;
   * between hosts, the path of the source.
   */
  readonly path: string;
  /** True where the meter shows the file: it moves to or from a host. */
  readonly isWatched: boolean;
  /** Length that was announced, in bytes. */
  readonly size: number;
  /** Bytes that were there before it began to move; absent where none were. */
  readonly resumedAt?: number;
}

/** A listener to the events of a copy, in their order. */
export interface Observer {
  report(event: CopyEvent): void;
}
