import { hashByReading } from "../../../lib/digest/read_hash.ts";
import type { Digest, DigestOptions } from "../../../lib/filesystem/digest.ts";
import { MemoryFileSystem } from "./memory_file_system.ts";

/** A disk in memory that hashes its files, or says why it does not. */
export class HashingMemory extends MemoryFileSystem {
  /** Lengths of the beginnings that were hashed, in bytes. */
  readonly hashed: (number | undefined)[] = [];
  readonly #reason: string | undefined;

  /** @param reason Reason why nothing is hashed. */
  constructor(reason?: string) {
    super();
    this.#reason = reason;
  }

  async digest(
    path: string,
    { length }: DigestOptions = {},
  ): Promise<Digest> {
    if (this.#reason !== undefined) {
      return { kind: "unavailable", reason: this.#reason };
    }
    this.hashed.push(length);
    using file = await this.openToRead(path);
    const hash = await hashByReading(file, {
      path,
      length,
      blockBytes: this.concurrency.blockBytes,
      atOnce: 1,
    });
    return { kind: "hash", hash };
  }
}
