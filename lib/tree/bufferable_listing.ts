import { EntryError } from "../errors.ts";
import type { DirectoryEntry, Listing } from "../filesystem/file_system.ts";

/** Most entries of one directory that are kept in memory. */
export const MAX_KEPT_ENTRIES = 1_000_000;

/**
 * Listing that can be closed before its entries were read: the remaining ones are
 * then kept in memory.
 */
export class BufferableListing implements Listing {
  readonly #listing: Listing;
  readonly #entries: AsyncIterator<DirectoryEntry>;
  readonly #name: string;
  readonly #closed: () => void;
  readonly #most: number;
  /** Remaining entries; absent while they come from the listing itself. */
  #kept: Promise<AsyncIterator<DirectoryEntry>> | undefined;

  /**
   * @param name Name of the directory in messages.
   * @param closed Called at least once when the directory is closed.
   * @param most Most entries that are kept.
   */
  constructor(
    listing: Listing,
    { name, closed, most = MAX_KEPT_ENTRIES }: {
      name: string;
      closed: () => void;
      most?: number;
    },
  ) {
    this.#listing = listing;
    this.#name = name;
    this.#entries = listing[Symbol.asyncIterator]();
    this.#closed = closed;
    this.#most = most;
  }

  /** Reads all entries that are left, so that the directory is closed soon. */
  keep(): void {
    this.#kept ??= this.#keep();
  }

  async #keep(): Promise<AsyncIterator<DirectoryEntry>> {
    const entries: DirectoryEntry[] = [];
    let failure: unknown;
    try {
      for (;;) {
        const { done, value } = await this.#entries.next();
        if (done) break;
        if (entries.length === this.#most) {
          throw new EntryError(
            `${this.#name}: there are more than ${this.#most} entries, and ` +
              "nothing else can be open beside the directory",
          );
        }
        entries.push(value);
      }
    } catch (error) {
      failure = error;
    } finally {
      this[Symbol.dispose]();
    }
    return given(entries, failure);
  }

  takeNow(): DirectoryEntry | undefined {
    return this.#kept === undefined ? this.#listing.takeNow?.() : undefined;
  }

  [Symbol.asyncIterator](): AsyncIterator<DirectoryEntry> {
    return {
      next: () => this.#next(),
      return: async () => {
        this[Symbol.dispose]();
        return { done: true, value: undefined };
      },
    };
  }

  async #next(): Promise<IteratorResult<DirectoryEntry>> {
    let hasEnded = true;
    try {
      const entries = this.#kept === undefined
        ? this.#entries
        : await this.#kept;
      const next = await entries.next();
      hasEnded = next.done === true;
      return next;
    } finally {
      if (hasEnded) this[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    this.#listing[Symbol.dispose]();
    this.#closed();
  }
}

async function* given(
  entries: readonly DirectoryEntry[],
  failure: unknown,
): AsyncIterator<DirectoryEntry> {
  yield* entries;
  if (failure !== undefined) throw failure;
}
