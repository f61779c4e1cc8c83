/** Contract of hashing: what a file holds, as its own system reads it back. */

/** Result of having a file hashed. */
export type Digest =
  | {
    readonly kind: "hash";
    /** SHA-256 as 64 hex digits in lower case. */
    readonly hash: string;
  }
  /** This side cannot hash; nothing is said about the file. */
  | { readonly kind: "unavailable"; readonly reason: string };

/** Part of a file that is hashed, and what is known of it. */
export interface DigestOptions {
  /** Length of the file's beginning that is hashed, in bytes; all of it if absent. */
  readonly length?: number;
  /**
   * SHA-256 that the file should have. Where a way to hash gives another one, and
   * there is a next way, that is tried: some servers hash wrongly.
   */
  readonly expected?: string;
  /** Length that the file should have, in bytes: a large one is worth a fast way. */
  readonly size?: number;
}

/** Hasher of the files of one system, by their paths. */
export interface Digester {
  /**
   * Gives the SHA-256 of a file, as the system reads it back. Calls may be made
   * without waiting for the ones before.
   *
   * @throws {EntryError} If the file cannot be read there.
   */
  digest(path: string, options?: DigestOptions): Promise<Digest>;
}
