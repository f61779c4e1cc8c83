/** Counts what was begun and has yet to end, so that all of it can be awaited. */
export class WaitGroup {
  readonly #over = Promise.withResolvers<void>();
  /** Whoever counts is one itself, until it has counted all. */
  #count = 1;

  /** Resolves when all that was begun has ended, and no more will begin. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  begin(): void {
    this.#count++;
  }

  /** One that was begun has ended; or no more will begin. */
  end(): void {
    this.#count--;
    if (this.#count === 0) this.#over.resolve();
  }
}
