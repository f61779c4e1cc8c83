/**
 * Steps that are in flight at once, up to a number of them. What becomes of
 * each is reported in the order in which they began, and a step counts as under
 * way until then: so little is ever waiting to be reported.
 */
export class OrderedPool {
  readonly #size: number;
  readonly #report: (error: unknown) => void;
  #count = 0;
  #reported = Promise.resolve();
  #freed = Promise.withResolvers<void>();

  /** @param report Told each error that ends a step. */
  constructor(size: number, report: (error: unknown) => void) {
    this.#size = size;
    this.#report = report;
  }

  /** Begins a step as soon as there is room. Resolves once it was begun. */
  async begin(step: () => Promise<void>): Promise<void> {
    while (this.#count >= this.#size) await this.#freed.promise;
    this.#count++;
    const ended = step().then(() => undefined, failed);
    this.#reported = this.#settle(this.#reported, ended);
  }

  async #settle(
    before: Promise<void>,
    ended: Promise<Failed | undefined>,
  ): Promise<void> {
    await before;
    const failure = await ended;
    if (failure !== undefined) this.#report(failure.error);
    this.#count--;
    this.#freed.resolve();
    this.#freed = Promise.withResolvers();
  }

  /** Resolves when all that was begun has ended and was reported. */
  async drained(): Promise<void> {
    await this.#reported;
  }
}

interface Failed {
  readonly error: unknown;
}

function failed(error: unknown): Failed {
  return { error };
}
