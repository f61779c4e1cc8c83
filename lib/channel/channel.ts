/**
 * A byte stream both ways between an engine and its peer. Writes may be held
 * back until the next read has to wait for the peer, so one that is answered
 * leaves at the latest then. One may read and another write at the same time.
 *
 * Whatever cannot be read or written because the connection is gone throws a
 * `SessionError`.
 */
export interface Channel {
  /** How many bytes of a body are best moved at a time. */
  readonly blockBytes: number;
  /**
   * Reads between 1 and `limit` bytes, as they come; none at the end of the
   * stream. What it gives is valid until the read after the next one, so that
   * it can be handed on meanwhile.
   */
  read(limit: number, options?: ReadOptions): Promise<Uint8Array>;
  /** Writes all of `bytes`, which the caller may change afterwards. */
  write(bytes: Uint8Array): Promise<void>;
  /** Sends what was held back, for a peer that is not read from next. */
  flush(): Promise<void>;
  /** Sends what was held back and tells the peer that nothing more comes. */
  close(): Promise<void>;
}

/** What is known of the bytes that come next. */
export interface ReadOptions {
  /** A byte behind which nothing is read. */
  readonly last?: number;
  /**
   * So many are on their way and nothing has to be sent for them: it is worth
   * waiting a moment for all of them together.
   */
  readonly soon?: number;
}

/** The bytes up to the first that is `last`; all of them if none is. */
export function upTo(last: number | undefined, bytes: Uint8Array): Uint8Array {
  const at = last === undefined ? -1 : bytes.indexOf(last);
  return at < 0 ? bytes : bytes.subarray(0, at + 1);
}
