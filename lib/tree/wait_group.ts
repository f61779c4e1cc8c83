/**
 * Count of tasks that are not done yet, so that all of them can be awaited. The
 * one who adds tasks counts as a task, until no more will be added.
 */
export class WaitGroup {
  readonly #allDone = Promise.withResolvers<void>();
  #count = 1;

  /** Adds a task. */
  add(): void {
    this.#count++;
  }

  /** Takes off a task that is done; the last call says that no more is added. */
  done(): void {
    this.#count--;
    if (this.#count === 0) this.#allDone.resolve();
  }

  /** Resolves when all tasks are done. */
  async wait(): Promise<void> {
    await this.#allDone.promise;
  }
}
