/**
 * The contract of a file system that a server of SFTP shows to its clients: what the
 * protocol can ask for, beyond the needs of a copy.
 */

import type { Attributes, FileSystem, Times } from "./file_system.ts";

/** Result that is there at once where nothing had to be waited for. */
export type Prompt<T> = T | Promise<T>;

/** Goes on with a result, at once where it is there. */
export function after<T, U>(
  result: Prompt<T>,
  next: (value: T) => Prompt<U>,
): Prompt<U> {
  return result instanceof Promise ? result.then(next) : next(result);
}

/** Takes steps one after the other, each at once where the one before was. */
export function inTurn(
  [step, ...others]: readonly (() => Prompt<void>)[],
): Prompt<void> {
  if (step !== undefined) return after(step(), () => inTurn(others));
}

/** Attributes of one entry, all that a client can be told. */
export interface EntryStatus extends Times {
  /** In bytes. */
  readonly size: number;
  /** Kind of the entry (`S_IFMT`) and its twelve permission bits. */
  readonly permissions: number;
  /** Numbers of its owners. */
  readonly user: number;
  readonly group: number;
  /** Number of its names. */
  readonly names: number;
}

/** Purpose for which a client opens a file. */
export interface OpenPurpose {
  readonly reads: boolean;
  readonly writes: boolean;
  /** True where each write goes to the end of the file. */
  readonly appends: boolean;
  /** True where a file is made if none is there. */
  readonly makes: boolean;
  /** True where the open fails if anything is there; only with `makes`. */
  readonly isNew: boolean;
  /** True where the file is emptied. */
  readonly empties: boolean;
}

/**
 * An open file of a client. Disposing of it closes it, and tells of no failure. Each
 * call throws an `EntryError` if it fails.
 */
export interface ServedFile extends Disposable {
  /** Gives all attributes of the file. */
  look(): Prompt<EntryStatus>;
  /** Gives attributes that tell the file from others; `undefined` if none do. */
  identify(): Prompt<Pick<Attributes, "identity"> | undefined>;
  /** Fills the start of `buffer` from `at`; gives the count of bytes, 0 at the end. */
  read(buffer: Uint8Array, at: number): Prompt<number>;
  /** Writes all of `bytes` at `at`. */
  write(bytes: Uint8Array, at: number): Prompt<void>;
  /** Cuts or extends the file to `size` bytes. */
  truncate(size: number): Prompt<void>;
  setMode(mode: number): Prompt<void>;
  setTimes(times: Times): Prompt<void>;
  /** Waits until the system has written the file to its disk. */
  sync(): Prompt<void>;
  /** Closes the file; fails if not all that was written is kept. */
  close(): Prompt<void>;
}

/** State of the disk that holds an entry, as statvfs(3) gives it. */
export interface DiskSpace {
  /** Length of a block and of a fragment, in bytes; all blocks are fragments. */
  readonly blockBytes: number;
  readonly fragmentBytes: number;
  readonly blocks: number;
  readonly freeBlocks: number;
  /** Free blocks for users that are not the superuser. */
  readonly availableBlocks: number;
  readonly inodes: number;
  readonly freeInodes: number;
  readonly availableInodes: number;
  readonly id: number;
  /** 1 where it is read-only, and 2 where set-id bits have no effect. */
  readonly flags: number;
  /** Longest name, in bytes. */
  readonly longestName: number;
}

/**
 * File system of a server. The reason of each failure is its `cause`: an error of the
 * system, or any other error whose message is a sentence for the client, which names
 * no path.
 */
export interface ServedFileSystem extends FileSystem {
  /**
   * Gives the path of a user's home directory; `undefined` if there is no such user.
   *
   * @param user Name of a user; empty for the one that is served.
   * @throws {EntryError} If no client may know it.
   */
  homeOf(user: string): Promise<string | undefined>;
  /** Gives all attributes of an entry; those of a link itself where asked. */
  look(
    path: string,
    options: { readonly followsLink: boolean },
  ): Prompt<EntryStatus>;
  /** Opens a file; one that is made has `mode` under the process's umask. */
  open(path: string, purpose: OpenPurpose, mode: number): Prompt<ServedFile>;
  /** Removes an empty directory. */
  rmdir(path: string): Promise<void>;
  /** Renames an entry; fails where something has the new name. */
  rename(from: string, path: string): Promise<void>;
  /** Renames an entry in one step, in place of what has the new name. */
  replace(from: string, path: string): Promise<void>;
  /** Gives a file one more name. Absent where no client may do that. */
  link?(from: string, path: string): Promise<void>;
  /** Sets both times of an entry, of a link itself. */
  setLinkTimes(path: string, times: Times): Promise<void>;
  /**
   * Gives the path from the root, without links and dots; its last component may be
   * missing.
   */
  canonical(path: string): Promise<string>;
  /** Gives the state of the disk that holds an entry. */
  space(path: string): Promise<DiskSpace>;
}
