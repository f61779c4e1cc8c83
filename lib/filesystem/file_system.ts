/**
 * Kind of an entry, links followed; "unknown" where something is there, or may
 * be, and a server refuses to tell.
 */
export type EntryKind = "file" | "directory" | "other" | "unknown";

/** Times in milliseconds since 1970 UTC; a fraction holds microseconds. */
export interface Times {
  readonly modified: number;
  readonly accessed: number;
}

/** What is known of an entry, links followed. */
export interface Attributes extends Times {
  readonly kind: EntryKind;
  /** In bytes. */
  readonly size: number;
  /** Permission bits, set-id and sticky included: 0 to 0o7777. */
  readonly mode: number;
  /** As `FileSystem.identify` tells it; absent where that was not asked. */
  readonly identity?: string;
  /**
   * When a directory was made, in milliseconds since 1970 UTC; where the disk
   * does not keep that, when its inode last changed. Absent where nothing tells.
   */
  readonly born?: number;
}

/** An entry as a listing of its directory tells of it. */
export interface DirectoryEntry {
  readonly name: string;
  /** Links followed; absent where the listing does not tell. */
  readonly attributes?: Attributes;
}

/**
 * What is in a directory. It is gone through once; if it is not, or not to its
 * end, it has to be disposed of.
 */
export interface Listing extends AsyncIterable<DirectoryEntry>, Disposable {}

/**
 * An open file. Reads and writes say where, and several may be in flight at
 * once; what is no regular file is read and written from its start on, one at a
 * time. Everything that fails throws an `EntryError` whose message begins with
 * the path the file was opened by.
 */
export interface OpenFile extends Disposable {
  stat(): Promise<Attributes>;
  /**
   * The attributes, for the identity that is in them; `undefined` where no open
   * file has one.
   */
  identify(): Promise<Attributes | undefined>;
  /**
   * Fills the start of `buffer` with what is in the file from the byte `at` on;
   * resolves to how many bytes those are, 0 at the end.
   */
  read(buffer: Uint8Array, at: number): Promise<number>;
  /**
   * Reads at most `length` bytes from the byte `at` on, and writes each part that
   * comes to the same place in another file, one that writes at once; resolves to
   * how many bytes those are, 0 at the end. Absent where a read gives all at once.
   */
  readTo?(to: OpenFile, at: number, length: number): Promise<number>;
  /**
   * Writes all of `bytes` from the byte `at` on. They may not change before
   * that is done.
   */
  write(bytes: Uint8Array, at: number): Promise<void>;
  /** Whether nobody else has to do anything for a write to be done. */
  readonly writesAtOnce?: boolean;
  /**
   * Cuts a longer file to the size that is to be written, while nothing is yet.
   * Absent where `truncate` is sure to cut it, and to keep what was written:
   * some servers empty a file instead, or fill it with zeros.
   *
   * @throws {NotCutError} If it is longer still, or nothing tells.
   */
  shorten?(size: number): Promise<void>;
  /**
   * Cuts or extends the file to `size` bytes.
   *
   * @throws {NotCutError} If a server did not, or does not tell.
   */
  truncate(size: number): Promise<void>;
  setMode(mode: number): Promise<void>;
  setTimes(times: Times): Promise<void>;
  /**
   * Closes the file, and throws if not all that was written is kept. Without
   * it, disposing of the file closes it and does not wait to be told.
   */
  close(): Promise<void>;
}

/** How much is best in flight at once. */
export interface Concurrency {
  /** Entries of a tree. */
  readonly entries: number;
  /** Reads and writes, of all open files together; 0 if each is done at once. */
  readonly blocks: number;
  /** The length of each, in bytes. */
  readonly blockBytes: number;
}

/**
 * A place that holds files: the local disk here, a server elsewhere. Paths
 * are its own; everything that fails throws an `EntryError` whose message is
 * the label and `path: reason`, the reason in the system's words.
 *
 * Calls that are made one after the other, without waiting, are carried out in
 * that order.
 */
export interface FileSystem {
  /** What messages about a path of this place put before it. */
  readonly label: string;
  readonly concurrency: Concurrency;
  /**
   * Follows links. Resolves to `undefined` where nothing is there, and to the
   * kind "unknown" where a server refuses to tell.
   */
  find(path: string): Promise<Attributes | undefined>;
  /** Follows links; that nothing is there is an error too. */
  stat(path: string): Promise<Attributes>;
  /**
   * What is equal for two paths exactly when they lead to the same entry;
   * `undefined` where the system cannot tell.
   */
  identify(path: string): Promise<string | undefined>;
  /**
   * What is in a directory, without `.` and `..`, in no order. Each name is one
   * component of a path, whoever gave it.
   */
  readdir(path: string): Promise<Listing>;
  openToRead(path: string): Promise<OpenFile>;
  /**
   * Makes a file that was not there, with `mode` under the process's umask;
   * `undefined` where something is, or the path ends in a slash. Absent where to
   * look first costs no more.
   */
  create?(path: string, mode: number): Promise<OpenFile | undefined>;
  /**
   * Creates the file with `mode` under the process's umask, or opens the one
   * that is there as it is: neither its length nor its mode changes. On a
   * server, one that nothing was found of is emptied.
   *
   * @param replaced What `find` said is there: a FIFO may keep us waiting.
   */
  openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
  ): Promise<OpenFile>;
  /**
   * Copies between two open files of this place without moving what is in them
   * through here: `length` bytes from the byte `at` on to the same place in the
   * other, or all that there is. Absent where that cannot be done.
   */
  copyRange?(
    from: OpenFile,
    to: OpenFile,
    at: number,
    length: number | "all",
  ): Promise<void>;
  /** Removes what is no directory. */
  remove(path: string): Promise<void>;
  mkdir(path: string, mode: number): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  setTimes(path: string, times: Times): Promise<void>;
  /** What a symbolic link says, or `undefined` where `path` is none. */
  readlink(path: string): Promise<string | undefined>;
  /** Makes a symbolic link; a file or link that is there gives way. */
  symlink(path: string, destination: string): Promise<void>;
  /** The path of `name` in `directory`, as scp writes it: `directory/name`. */
  join(directory: string, name: string): string;
  /** The last component of `path`, trailing separators ignored. */
  nameOf(path: string): string;
}
