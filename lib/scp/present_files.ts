/** Contract of files that are here already, so that a source need not send them. */

import type { Times } from "../filesystem/file_system.ts";

/** File that a source announces, and its place here. */
export interface ComingFile {
  readonly path: string;
  /** As announced. */
  readonly name: string;
  readonly mode: number;
  /** In bytes. */
  readonly size: number;
  /** Times that it is to get; absent where it keeps its own. */
  readonly times: Times | undefined;
}

/**
 * Files that are here already, whole or not. A sink refuses the records of those that need
 * not come: a source then passes over their bodies, and goes on.
 */
export interface PresentFiles {
  /**
   * True where a record that comes may be one to be refused: then no step is acknowledged
   * in advance that may be such a record.
   */
  readonly mayRefuse: boolean;
  /** Learns the place of a topmost directory, before what is in it comes. */
  enter(path: string): void;
  /**
   * Decides on a file before it is opened.
   *
   * @returns Reason for the source why it need not come; `undefined` where it is to come.
   * @throws {EntryError} If what is here cannot be looked at.
   */
  refusalOf(file: ComingFile): Promise<string | undefined>;
}
