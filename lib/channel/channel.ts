import type { OpenFile } from "../filesystem/file_system.ts";

/**
 * A byte stream both ways between an engine and its peer. Writes may be held back
 * until a read has to wait for the peer: a message that is answered leaves by then.
 * One read and one write may be in flight together.
 *
 * Reads and writes throw a `SessionError` once the connection is gone.
 */
export interface Channel {
  /** Size of the parts that a body is best moved in, in bytes. */
  readonly blockBytes: number;
  /**
   * Reads between 1 and `limit` bytes, as they come; none at the end of the stream.
   * They are valid until the read after the next one, to be handed on meanwhile.
   */
  read(limit: number, options?: ReadOptions): Promise<Uint8Array>;
  /**
   * Reads as `read` does where that needs no turn of the event loop; `undefined` where
   * `read` has to be called, and at the end of the stream. Absent where it always does.
   */
  readNow?(limit: number): Uint8Array | undefined;
  /**
   * Bytes that have come and are to be read, valid until the next read; none where the
   * peer has to be waited for. Absent where nothing but `read` tells.
   */
  readonly arrived?: Uint8Array | undefined;
  /** Reads `count` of the bytes that have `arrived`, which stay valid as those of `read`. */
  skip?(count: number): void;
  /** Writes all of `bytes`, which the caller may change afterwards. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Writes at most `length` bytes of an open file from its byte `at` on, which this
   * process need not see.
   *
   * @returns Their number, 0 at the end of the file; `undefined` where they have to be
   * read and written. Absent where they always have.
   */
  readonly writeFrom?:
    | ((
      file: Pick<OpenFile, "descriptor">,
      at: number,
      length: number,
    ) => Promise<number | undefined>)
    | undefined;
  /**
   * Most bytes between those and the last ones written while the peer has not read them
   * all: until then they change with the file. It tells nothing without `writeFrom`.
   */
  readonly unseenBytes?: number;
  /**
   * Holds back `bytes` as `write` does where there is room; tells whether there was.
   * Absent where `write` has to be called.
   */
  writeNow?(bytes: Uint8Array): boolean;
  /** Sends the bytes that were held back, where no read of the answer follows. */
  flush(): Promise<void>;
  /** Sends the bytes that were held back, and ends the output. */
  close(): Promise<void>;
}

/** Properties of the bytes that come next. */
export interface ReadOptions {
  /** Byte behind which nothing is read. */
  readonly last?: number;
  /** Bytes already in flight; worth reading together. */
  readonly soon?: number;
}

/** Gives the bytes up to the first that is `last`; all of them if none is. */
export function upTo(last: number | undefined, bytes: Uint8Array): Uint8Array {
  const at = last === undefined ? -1 : bytes.indexOf(last);
  return at < 0 ? bytes : bytes.subarray(0, at + 1);
}
