import { TooManyOpenError } from "../errors.ts";
import type { Listing } from "../filesystem/file_system.ts";
import { BufferableListing } from "./bufferable_listing.ts";

/**
 * Files and directories that a transfer has open. Where the system opens no more,
 * the next one waits until others are closed, and is tried again. It fails only if
 * nothing else was open meanwhile.
 */
export class OpenEntries {
  /** Promises that resolve when open files are closed. */
  readonly #files = new Set<Promise<void>>();
  readonly #listings = new Map<BufferableListing, Promise<void>>();
  /** Number of attempts to open anything. */
  #attempts = 0;
  /** End of the line of entries that are tried again, in turn. */
  #retried = Promise.resolve();

  /**
   * Runs a step that opens files and closes them.
   *
   * @param step Called again if it throws a `TooManyOpenError` before it has
   * called `opened`; by then it has closed all that it had open.
   */
  async use(step: (opened: () => void) => Promise<void>): Promise<void> {
    await this.#attempt(async () => {
      const ended = this.#begin();
      const { promise: isOpen, resolve: opened } = Promise.withResolvers<
        void
      >();
      const over = step(opened).finally(ended);
      await Promise.race([isOpen, over]);
      return { over };
    }).then(({ over }) => over);
  }

  /**
   * Opens a listing; it counts as open until it is closed.
   *
   * @param name Name of the directory in messages.
   */
  async list(name: string, open: () => Promise<Listing>): Promise<Listing> {
    return await this.#attempt(async () => {
      const ended = this.#begin();
      try {
        const listing = await open();
        const { promise: closed, resolve: close } = Promise.withResolvers<
          void
        >();
        const held: BufferableListing = new BufferableListing(listing, {
          name,
          closed: () => {
            this.#listings.delete(held);
            close();
          },
        });
        this.#listings.set(held, closed);
        return held;
      } finally {
        ended();
      }
    });
  }

  #begin(): () => void {
    this.#attempts++;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#files.add(promise);
    return () => {
      this.#files.delete(promise);
      resolve();
    };
  }

  async #attempt<T>(open: () => Promise<T>): Promise<T> {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof TooManyOpenError)) throw error;
      const outcome = this.#retried.then(() => this.#retry(open));
      this.#retried = outcome.then(() => {}, () => {});
      return await outcome;
    }
  }

  async #retry<T>(open: () => Promise<T>): Promise<T> {
    for (;;) {
      await this.#makeRoom();
      const wasAlone = this.#files.size + this.#listings.size === 0;
      const attempts = this.#attempts;
      try {
        return await open();
      } catch (error) {
        const isFinal = wasAlone && this.#attempts === attempts + 1;
        if (!(error instanceof TooManyOpenError) || isFinal) throw error;
      }
    }
  }

  /**
   * Waits until half of the open files are closed. Where only directories are
   * open, their entries are read into memory and they are closed.
   */
  async #makeRoom(): Promise<void> {
    const most = Math.floor(this.#files.size / 2);
    if (this.#files.size === 0) {
      for (const listing of this.#listings.keys()) listing.keep();
      await Promise.all(this.#listings.values());
    }
    while (this.#files.size > most) await Promise.race(this.#files);
  }
}
