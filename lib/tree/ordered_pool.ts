/**
 * Pool of steps, so many of them in flight at once. Errors are reported in the
 * order in which the steps began, and a step keeps its place in the pool until
 * all before it have ended: few outcomes ever wait to be reported.
 */
export class OrderedPool {
  readonly #size: number;
  readonly #report: (error: unknown) => void;
  #count = 0;
  #reported = Promise.resolve();
  #freed = Promise.withResolvers<void>();

  /** @param report Receives each error that ends a step. */
  constructor(size: number, report: (error: unknown) => void) {
    this.#size = size;
    this.#report = report;
  }

  /** Begins a step as soon as the pool has room; resolves once it began. */
  async begin(step: () => Promise<void>): Promise<void> {
    while (this.#count >= this.#size) await this.#freed.promise;
    this.#count++;
    const ended = step().then(() => undefined, (error) => ({ error }));
    this.#reported = this.#settle(this.#reported, ended);
  }

  async #settle(
    before: Promise<void>,
    ended: Promise<{ readonly error: unknown } | undefined>,
  ): Promise<void> {
    await before;
    const failure = await ended;
    if (failure !== undefined) this.#report(failure.error);
    this.#count--;
    this.#freed.resolve();
    this.#freed = Promise.withResolvers();
  }

  /** Resolves when all steps that began have ended and were reported. */
  async wait(): Promise<void> {
    await this.#reported;
  }
}
