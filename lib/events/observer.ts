/**
 * What an engine tells its surroundings while it works. Texts are raw, peers'
 * and file names among them: whoever shows them escapes them.
 */
export interface Observer {
  /** An entry, or all that was left, failed: it counts against the status. */
  failed(message: string): void;
  /** Something is not as asked for, yet nothing failed. */
  warned(message: string): void;
  /** A step, put into words only for whoever asked to see the steps. */
  explained(message: () => string): void;
  /**
   * A file of `size` bytes, as announced, begins to move; others may be under
   * way.
   */
  began(name: string, size: number): FileProgress;
}

/** What a whole copy tells besides: of its hosts, and what their ssh says. */
export interface CopyObserver extends Observer {
  /** How many failures were told. */
  readonly failures: number;
  /** A connection could not be made, or was lost: a failure. */
  disconnected(message: string): void;
  /** Hands on what ssh says on standard error. */
  pass(text: string): void;
}

/** What an engine tells of one file that moves. */
export interface FileProgress {
  /** That many bytes more of it were moved. */
  moved(bytes: number): void;
  /** It is over, moved whole or not. */
  ended(): void;
}

/** Of a file that nobody watches. */
export const UNWATCHED: FileProgress = {
  moved: () => {},
  ended: () => {},
};
