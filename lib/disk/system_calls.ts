import type {
  Attributes,
  DirectoryEntry,
  Times,
} from "../filesystem/file_system.ts";

/** Entries of a directory as the system lists them, without `.` and `..`. */
export type Entries = Iterator<DirectoryEntry> | AsyncIterator<DirectoryEntry>;

/**
 * Calls of one system for paths. Each throws the system's own error; all but
 * `readlink`, `unlink` and `symlink` follow links.
 */
export interface SystemCalls {
  /** True where an open file gets its mode and times by itself, not by its path. */
  readonly setsByFile: boolean;
  stat(path: string): Attributes;
  /** Gives the same; `undefined` where nothing is there. */
  find(path: string): Attributes | undefined;
  /** Lists a directory; `return` closes it before the end. */
  readdir(path: string): Entries;
  openToRead(path: string): SystemFile;
  /**
   * Makes a file and opens it to be written; `undefined` where something is, or
   * the path ends in a slash.
   */
  create(path: string, mode: number): SystemFile | undefined;
  /** Opens a file to be written, made where there is none. */
  openToWrite(path: string, mode: number): SystemFile;
  /**
   * Opens a FIFO or a device to be written, and leaves the event loop free while
   * a FIFO has no reader. Writes to the file may give promises.
   */
  openToWait(path: string, mode: number): Promise<SystemFile>;
  mkdir(path: string, mode: number): void;
  chmod(path: string, mode: number): void;
  utimes(path: string, times: Times): void;
  /** Renames an entry, in place of a file that is there. */
  rename(from: string, to: string): void;
  /** Removes what is no directory. */
  unlink(path: string): void;
  /** Removes what is there, if anything is and it is no directory. */
  unlinkUnlessDirectory(path: string): void;
  /** Gives the destination of a symbolic link; `undefined` for all else. */
  readlink(path: string): string | undefined;
  symlink(destination: string, path: string): void;
}

/**
 * Calls of one system for an open file. Each throws the system's own error.
 * Disposing of a file closes it, and tells of no failure.
 */
export interface SystemFile extends Disposable {
  /** Descriptor, where the C library takes it. */
  readonly descriptor?: number;
  fstat(): Attributes;
  /** Moves the place of the next read or write to the byte `at`. */
  seek(at: number): void;
  /** Fills the start of `buffer`; gives the number of bytes, 0 at the end. */
  read(buffer: Uint8Array): number;
  /** Writes some of `bytes`; gives their number, as a promise after a wait. */
  write(bytes: Uint8Array): number | Promise<number>;
  ftruncate(size: number): void;
  fchmod(mode: number): void;
  futimes(times: Times): void;
  /** Closes the file, and throws if not all that was written is kept. */
  close(): void;
}
