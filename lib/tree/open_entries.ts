import { TooManyOpenError } from "../errors.ts";
import type { Listing } from "../filesystem/file_system.ts";
import { BufferableListing } from "./bufferable_listing.ts";

/**
 * Files and directories that a transfer has open. Where the system opens no more,
 * the next one waits until others are closed, and is tried again. It fails only if
 * nothing else was open meanwhile.
 */
export class OpenEntries {
  /** Count of the steps that have files open, or open one. */
  #steps = 0;
  /** Resolves when one of them ends; absent while nobody waits for that. */
  #stepEnded: PromiseWithResolvers<void> | undefined;
  readonly #listings = new Map<BufferableListing, Promise<void>>();
  /** Number of attempts to open anything. */
  #attempts = 0;
  /** End of the line of entries that are tried again, in turn. */
  #retried = Promise.resolve();
  readonly #step: Disposable = { [Symbol.dispose]: () => this.#endStep() };

  /**
   * Counts a step that opens files and closes them, until it is disposed of. Where
   * that fails, the step itself sees to it.
   */
  begin(): Disposable {
    this.#attempts++;
    this.#steps++;
    return this.#step;
  }

  /**
   * Runs a step that opens files and closes them.
   *
   * @param step Called again if it throws a `TooManyOpenError` before it has
   * called `opened`; by then it has closed all that it had open.
   */
  async use<T>(step: (opened: () => void) => Promise<T>): Promise<T> {
    let isOpen = false;
    try {
      return await this.#count(() => step(() => isOpen = true));
    } catch (error) {
      if (isOpen || !(error instanceof TooManyOpenError)) throw error;
    }
    const { over } = await this.#retryInTurn(async () => {
      const { promise: opened, resolve } = Promise.withResolvers<void>();
      const over = this.#count(() => step(resolve));
      await Promise.race([opened, over]);
      return { over };
    });
    return await over;
  }

  /**
   * Runs a step, as `use` does, inside another one that has closed all that it had
   * open; that one counts again afterwards.
   */
  async useWithin<T>(step: (opened: () => void) => Promise<T>): Promise<T> {
    this.#endStep();
    try {
      return await this.use(step);
    } finally {
      this.#steps++;
    }
  }

  /**
   * Opens a listing; it counts as open until it is closed.
   *
   * @param name Name of the directory in messages.
   */
  async list(name: string, open: () => Promise<Listing>): Promise<Listing> {
    const hold = () => this.#count(async () => this.#hold(name, await open()));
    try {
      return await hold();
    } catch (error) {
      if (!(error instanceof TooManyOpenError)) throw error;
      return await this.#retryInTurn(hold);
    }
  }

  #hold(name: string, listing: Listing): Listing {
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    const held: BufferableListing = new BufferableListing(listing, {
      name,
      closed: () => {
        this.#listings.delete(held);
        close();
      },
    });
    this.#listings.set(held, closed);
    return held;
  }

  async #count<T>(step: () => Promise<T>): Promise<T> {
    using _step = this.begin();
    return await step();
  }

  #endStep(): void {
    this.#steps--;
    this.#stepEnded?.resolve();
    this.#stepEnded = undefined;
  }

  #retryInTurn<T>(open: () => Promise<T>): Promise<T> {
    const outcome = this.#retried.then(() => this.#retry(open));
    this.#retried = outcome.then(() => {}, () => {});
    return outcome;
  }

  async #retry<T>(open: () => Promise<T>): Promise<T> {
    for (;;) {
      await this.#makeRoom();
      const wasAlone = this.#steps + this.#listings.size === 0;
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
    const most = Math.floor(this.#steps / 2);
    if (this.#steps === 0) {
      for (const listing of this.#listings.keys()) listing.keep();
      await Promise.all(this.#listings.values());
    }
    while (this.#steps > most) {
      this.#stepEnded ??= Promise.withResolvers();
      await this.#stepEnded.promise;
    }
  }
}
