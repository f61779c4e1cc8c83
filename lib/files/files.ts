/** What an entry is, links followed. */
export type EntryKind = "file" | "folder" | "other";

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
  /**
   * Equal for two paths exactly when they are the same entry; absent where
   * the system cannot tell.
   */
  readonly identity?: string;
}

/**
 * An open file with a position of its own, which reads and writes advance.
 * Everything that fails throws an `EntryError` whose message begins with the
 * path the file was opened by.
 */
export interface OpenFile extends Disposable {
  attributes(): Promise<Attributes>;
  /** Fills `buffer` from its start; resolves to how many bytes, 0 at the end. */
  read(buffer: Uint8Array): Promise<number>;
  /** Writes all of `bytes`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Cuts or extends the file to `size` bytes. */
  truncate(size: number): Promise<void>;
  setMode(mode: number): Promise<void>;
  setTimes(times: Times): Promise<void>;
}

/**
 * A place that holds files: the local disk here, a server elsewhere. Paths
 * are its own; everything that fails throws an `EntryError` whose message is
 * `path: reason`, the reason in the system's words.
 */
export interface Files {
  /** Follows links. Resolves to `undefined` where nothing is there. */
  find(path: string): Promise<Attributes | undefined>;
  /** Follows links; that nothing is there is an error too. */
  attributes(path: string): Promise<Attributes>;
  /** The names in a folder, without `.` and `..`, in no order. */
  list(path: string): Promise<AsyncIterable<string>>;
  openToRead(path: string): Promise<OpenFile>;
  /**
   * Creates the file with `mode` under the process's umask, or opens the one
   * that is there as it is: neither its length nor its mode changes.
   *
   * @param replaced What `find` said is there: a FIFO may keep us waiting.
   */
  openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
  ): Promise<OpenFile>;
  /** Removes what is no folder. */
  remove(path: string): Promise<void>;
  makeFolder(path: string, mode: number): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  setTimes(path: string, times: Times): Promise<void>;
  /** What a symbolic link says, or `undefined` where `path` is none. */
  readLink(path: string): Promise<string | undefined>;
  /** Makes a symbolic link; a file or link that is there gives way. */
  makeLink(path: string, destination: string): Promise<void>;
  /** The path of `name` in `folder`, as scp writes it: `folder/name`. */
  join(folder: string, name: string): string;
  /** The last component of `path`, trailing separators ignored. */
  nameOf(path: string): string;
}
