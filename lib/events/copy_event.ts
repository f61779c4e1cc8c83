/** Events of a copy, in the order in which they happen. */

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
  }
  /** Standard error of an ssh, as it came. */
  | { readonly kind: "sshOutput"; readonly text: string }
  /** A walk came to an entry, which is copied next. */
  | { readonly kind: "scan"; readonly path: string; readonly target: string }
  /** An entry is left out of the copy, for it is not among those asked for. */
  | {
    readonly kind: "excluded";
    readonly path: string;
    /** Rule that excludes it, or why no rule includes it. */
    readonly reason: string;
  }
  /** A file is not copied, since an option asks for that. */
  | {
    readonly kind: "skipped";
    /** Path of its target. */
    readonly path: string;
    readonly reason: SkipReason;
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
  /** No more of a file moves, whole or not. */
  | { readonly kind: "finished"; readonly file: MovingFile }
  /** Something is not as asked for, yet nothing failed. */
  | { readonly kind: "warning"; readonly message: string }
  /** An entry, or all that was left, failed: it counts against the status. */
  | {
    readonly kind: "failure";
    readonly message: string;
    /** True where a connection could not be made, or was lost. */
    readonly isConnection?: boolean;
  }
  /** A step, put into words only for whoever asked to see the steps. */
  | { readonly kind: "verbose"; readonly message: () => string }
  /** The copy is over: nothing more is told. */
  | { readonly kind: "end" };

/** Change that a copy would make at its target. */
export type Plan =
  | {
    readonly action: "copy";
    readonly source: string;
    readonly path: string;
    /** True where something is there; absent where nobody looked. */
    readonly replaces?: boolean;
  }
  | { readonly action: "make directory"; readonly path: string }
  | {
    readonly action: "make link";
    readonly path: string;
    readonly destination: string;
  };

/** A file that moves, told apart from others by being the same object. */
export interface MovingFile {
  readonly name: string;
  /** Length that was announced, in bytes. */
  readonly size: number;
}

/** A listener to the events of a copy, in their order. */
export interface Observer {
  report(event: CopyEvent): void;
}
