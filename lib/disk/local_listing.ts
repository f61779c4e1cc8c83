import type { DirectoryEntry, Listing } from "../filesystem/file_system.ts";
import { attempt } from "./attempt.ts";
import type { Entries } from "./system_calls.ts";

/** Listing of a directory of the local disk, which is its own iterator. */
export class LocalListing implements Listing, AsyncIterator<DirectoryEntry> {
  readonly #path: string;
  readonly #entries: Entries;
  /** Next entry, or the end, where it was asked for and not taken. */
  #coming: ReturnType<Entries["next"]> | undefined;

  /**
   * @param path Path by which messages name the directory.
   * @param first First one of its entries, which was taken from them.
   */
  constructor(
    path: string,
    entries: Entries,
    first: IteratorResult<DirectoryEntry>,
  ) {
    this.#path = path;
    this.#entries = entries;
    this.#coming = first;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  takeNow(): DirectoryEntry | undefined {
    const coming = this.#ask();
    if (coming instanceof Promise || coming.done === true) {
      this.#coming = coming;
      return undefined;
    }
    this.#coming = undefined;
    return coming.value;
  }

  async next(): Promise<IteratorResult<DirectoryEntry>> {
    const coming = this.#ask();
    this.#coming = undefined;
    return await coming;
  }

  #ask(): ReturnType<Entries["next"]> {
    return this.#coming ?? attempt(this.#path, () => this.#entries.next());
  }

  async return(): Promise<IteratorResult<DirectoryEntry>> {
    await this.#entries.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.dispose](): void {
    this.#entries.return?.();
  }
}
