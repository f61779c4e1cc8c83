import type { EntryError } from "../errors.ts";
import type { Digester } from "./digest.ts";

/**
 * Kind of an entry, links followed; "unknown" where a server refuses to tell
 * anything, so that an entry may be there.
 */
export type EntryKind = "file" | "directory" | "other" | "unknown";

/** Times in milliseconds since 1970 UTC; a fraction holds microseconds. */
export interface Times {
  readonly modified: number;
  readonly accessed: number;
}

/** Attributes of an entry, links followed. */
export interface Attributes extends Times {
  readonly kind: EntryKind;
  /** In bytes. */
  readonly size: number;
  /** Permission bits, set-id and sticky included: 0 to 0o7777. */
  readonly mode: number;
  /** As of `FileSystem.identify`; absent where it was not asked for. */
  readonly identity?: string;
  /**
   * Number of names that lead to an open file, by a system that sets all by the open
   * file and nothing by its path; absent elsewhere.
   */
  readonly names?: number;
  /**
   * Time that a directory was made, in milliseconds since 1970 UTC; where the disk
   * keeps none, the last change of its inode. Absent where nothing tells.
   */
  readonly born?: number;
}

/** Entry of a listed directory. */
export interface DirectoryEntry {
  readonly name: string;
  /** Links followed; absent where the listing does not tell. */
  readonly attributes?: Attributes;
  /** Kind as it was when listed; absent for a link, and where nothing tells. */
  readonly kind?: "file" | "directory";
}

/**
 * Entries of a directory, to be iterated once. A listing that is not iterated to
 * its end must be disposed of.
 */
export interface Listing extends AsyncIterable<DirectoryEntry>, Disposable {
  /**
   * Gives the next entry where it has come, in place of the iterator; `undefined` where
   * that has to be asked. Promises for each entry cost a tree of small files a twentieth
   * of the client's time, measured. Absent where the iterator has always to be asked.
   */
  takeNow?(): DirectoryEntry | undefined;
}

/** Attributes that a file gets once it has its content. */
export interface FinalAttributes {
  /** All twelve permission bits; absent where the file has the right ones. */
  readonly mode: number | undefined;
  /** Absent where nothing is told of them. */
  readonly times: Times | undefined;
}

/** New file with all that it is to have. */
export interface WholeFile {
  readonly path: string;
  /** Mode to make it with, under the process's umask. */
  readonly mode: number;
  /** At most a block's bytes, which may not change meanwhile. */
  readonly content: Uint8Array;
  readonly attributes: FinalAttributes;
}

/** Result of a new file that was to get its content, its attributes, and be closed. */
export interface StoredWhole {
  /** Failure to write; then the file is empty, or out of reach. */
  readonly failure?: unknown;
  /** First other failure. */
  readonly flaw?: EntryError;
}

/**
 * An open file. Each read and write names its place, and several may be in flight
 * at once; a FIFO or a device is read and written from its start on, one at a time.
 * Each failure is an `EntryError` whose message begins with the path that the file
 * was opened by.
 */
export interface OpenFile extends Disposable {
  /** Gives the file's attributes. */
  stat(): Promise<Attributes>;
  /**
   * Gives the attributes, identity included; `undefined` where no open file has
   * an identity.
   */
  identify(): Promise<Attributes | undefined>;
  /**
   * Fills the start of `buffer` with the file's bytes from `at` on; gives their
   * number, 0 at the end.
   */
  read(buffer: Uint8Array, at: number): Promise<number>;
  /**
   * Copies at most `length` bytes from the byte `at` on to the same place in another
   * file that writes at once, part by part as they come; gives their number, 0 at
   * the end. Absent where a read gives all at once.
   */
  readTo?(
    to: Pick<OpenFile, "write">,
    at: number,
    length: number,
  ): Promise<number>;
  /**
   * The system's descriptor of the open file, from which a channel may send by itself.
   * Absent where the bytes are a server's, or somebody has to see them.
   */
  readonly descriptor?: number | undefined;
  /** Writes all of `bytes` from the byte `at` on; they may not change meanwhile. */
  write(bytes: Uint8Array, at: number): Promise<void>;
  /**
   * Writes `length` bytes of another file, which has a descriptor, from the byte `at` on
   * to the same place; gives their number, less where that file ends before: behind
   * them there may be zeros up to the end of the range, and among them, too, where that
   * file was cut meanwhile. Absent where that is no faster than to read and to write.
   */
  readonly writeFrom?:
    | ((
      from: Pick<OpenFile, "descriptor" | "read">,
      at: number,
      length: number,
    ) => Promise<number>)
    | undefined;
  /**
   * Has all connections to the server carry the file's blocks, each by its path;
   * worth it for a large file. Absent where there is one connection, or none.
   *
   * @param interrupted Ends the reads and writes that wait for a connection.
   */
  readonly spread?: (interrupted: AbortSignal) => void;
  /** True where a write waits for nobody: no server, no reader of a FIFO. */
  readonly writesAtOnce?: boolean;
  /**
   * Cuts a longer file to the size that it is to have, before anything is written.
   * Absent where `truncate` is sure to keep what was written: some servers empty the
   * file instead, or fill it with zeros.
   *
   * @throws {NotCutError} If the file is longer still, or nothing tells.
   */
  shorten?(size: number): Promise<void>;
  /**
   * Cuts or extends the file to `size` bytes.
   *
   * @throws {NotCutError} If a server did not do it, or does not tell.
   */
  truncate(size: number): Promise<void>;
  /** Sets all twelve permission bits. */
  setMode(mode: number): Promise<void>;
  /** Sets both times. */
  setTimes(times: Times): Promise<void>;
  /**
   * Gives the SHA-256 of the first `size` bytes, all of which were read or written;
   * `undefined` where that was not in their order. Absent where nobody asks.
   */
  hashOfPassed?(size: number): string | undefined;
  /**
   * Closes the file, and throws if not all that was written is kept. Disposing of
   * the file closes it without waiting.
   */
  close(): Promise<void>;
}

/** Numbers of calls that are best in flight at once. */
export interface Concurrency {
  /** Entries of a tree. */
  readonly entries: number;
  /**
   * Most entries of a tree, on a line whose latency makes them wait for each other;
   * absent where it is the same number.
   */
  readonly mostEntries?: number;
  /** Reads and writes of all open files together; 0 if each finishes at once. */
  readonly blocks: number;
  /** Most of them for a file that is not spread; absent where it is the same number. */
  readonly blocksOfFile?: number;
  /** Length of each read and write, in bytes. */
  readonly blockBytes: number;
}

/**
 * A file system: the local disk, or a server's. Its paths are its own. Each failure
 * is an `EntryError` whose message is the label and `path: reason`, the reason in
 * the system's words.
 *
 * Calls that are made one after the other, without waiting, are carried out in
 * that order.
 */
export interface FileSystem {
  /** Text that messages put before a path. */
  readonly label: string;
  /** File system that this one is a view of; absent where it is none. */
  readonly base?: FileSystem;
  readonly concurrency: Concurrency;
  /**
   * Calls that may be made right behind each other without a wait for an outcome, to
   * a server that is known to carry out one request after the other: all of them, or
   * those for one open file. Absent where nothing is known, or no wait is long.
   */
  readonly keepsOrder?: "of all" | "of a file" | undefined;
  /**
   * Gives the attributes of an entry, links followed; `undefined` where nothing is
   * there, the kind "unknown" where a server refuses to tell.
   */
  find(path: string): Promise<Attributes | undefined>;
  /** Gives the attributes of an entry, links followed; fails if nothing is there. */
  stat(path: string): Promise<Attributes>;
  /**
   * Gives a text that is equal for two paths exactly when they lead to the same
   * entry; `undefined` where the system cannot tell.
   */
  identify(path: string): Promise<string | undefined>;
  /**
   * Gives what `identify` gives for a directory that is no link, from the identity of
   * the directory that it is in. Absent where that does not follow, or listings may
   * show a link as what it leads to.
   */
  readonly identifyInside?:
    | ((above: string, name: string) => string)
    | undefined;
  /**
   * Lists a directory without `.` and `..`, in no order. Each name is one component
   * of a path, a server's too.
   */
  readdir(path: string): Promise<Listing>;
  /** Opens a file to be read. */
  openToRead(path: string): Promise<OpenFile>;
  /**
   * Fills the start of `buffer` with the beginning of a file and closes it: a server's
   * in two flights, one that opens it, and one for all else. Absent where a server keeps
   * no order.
   *
   * @param asked Called where nothing is left but to await the content.
   * @returns Number of bytes, at once where no call is waited for; `undefined` if it
   * cannot be read, for whatever reason.
   * @throws {ProtocolError} If a server broke its protocol.
   * @throws {SessionError} If the connection is lost.
   */
  readonly readWhole?:
    | ((
      path: string,
      buffer: Uint8Array,
      asked: () => void,
    ) => number | undefined | Promise<number | undefined>)
    | undefined;
  /**
   * Makes a file where nothing is and gives it all that it is to have: a server's in
   * two flights, one that makes it, and one for all else. Absent where a server keeps
   * no order, or where a system sets some of it by the path.
   *
   * @param made Called once it is made.
   * @returns `undefined` where nothing was made, for whatever reason; at once where no
   * call is waited for.
   * @throws {ProtocolError} If a server broke its protocol.
   * @throws {SessionError} If the connection is lost, unless that is a failure to write.
   */
  readonly storeWhole?:
    | ((
      file: WholeFile,
      made: () => void,
    ) => StoredWhole | undefined | Promise<StoredWhole | undefined>)
    | undefined;
  /**
   * Makes a file with `mode` under the process's umask; gives `undefined` where
   * something is there, or the path ends in a slash. Absent where `find` and
   * `openToWrite` cost no more.
   */
  create?(path: string, mode: number): Promise<OpenFile | undefined>;
  /**
   * Makes a file with `mode` under the process's umask, or opens the one that is
   * there and changes neither its length nor its mode. A server empties it if
   * `replaced` is absent.
   *
   * @param replaced Entry that `find` found there. The open may wait for a FIFO.
   * @param name As that of `createNew`.
   */
  openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
    name?: string,
  ): Promise<OpenFile>;
  /**
   * Copies between two open files of one server, with no content moved to the
   * client: `length` bytes, or all, from the byte `at` on to the same place in the
   * other file. Absent where that cannot be done.
   */
  copyRange?(
    from: OpenFile,
    to: OpenFile,
    at: number,
    length: number | "all",
  ): Promise<void>;
  /**
   * Makes a file that is the user's alone or has `mode` under the process's umask;
   * fails where something is there, a link included.
   *
   * @param name Path that the file takes at last, by which messages name it; its
   * own, if absent.
   */
  createNew(path: string, mode: number, name?: string): Promise<OpenFile>;
  /**
   * Renames a file, in place of another one if that is there, in one step. Absent
   * where that cannot be done.
   */
  replace?(from: string, path: string): Promise<void>;
  /**
   * Gives the SHA-256 of a file, or of its beginning, as the system reads it back;
   * tells a system that cannot hash from a file that cannot be read. Absent where
   * there is no way but to read the file.
   */
  digest?: Digester["digest"];
  /** Removes an entry that is no directory. */
  remove(path: string): Promise<void>;
  /** Makes a directory with `mode` under the process's umask. */
  mkdir(path: string, mode: number): Promise<void>;
  /** Sets all twelve permission bits, links followed. */
  setMode(path: string, mode: number): Promise<void>;
  /** Sets both times, links followed. */
  setTimes(path: string, times: Times): Promise<void>;
  /** Gives the destination of a symbolic link; `undefined` for any other entry. */
  readlink(path: string): Promise<string | undefined>;
  /**
   * Makes a symbolic link.
   *
   * @param replaces True where the link takes the place of a file or link that is
   * there; else the call fails where something is there.
   * @default {true}
   * @param name As that of `createNew`.
   */
  symlink(
    path: string,
    destination: string,
    replaces?: boolean,
    name?: string,
  ): Promise<void>;
  /** Gives the path of `name` in `directory`, as scp writes it: `directory/name`. */
  join(directory: string, name: string): string;
  /** Gives the last component of `path`, trailing separators ignored. */
  nameOf(path: string): string;
}

/** Tells whether the paths of two file systems lead to the same entries. */
export function isSamePlace(one: FileSystem, other: FileSystem): boolean {
  return one === other ||
    (one.base !== undefined && isSamePlace(one.base, other)) ||
    (other.base !== undefined && isSamePlace(one, other.base));
}
