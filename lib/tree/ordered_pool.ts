/**
 * Wait for room, in milliseconds, that shows a line with latency. Near by, steps
 * end sooner, and more of them in flight only cost time, measured.
 */
const SLOW_MILLISECONDS = 12;

/** Number of steps of a pool that are in flight at once. */
export interface PoolSize {
  /** Number at first. */
  readonly size: number;
  /** Number up to which the pool grows while steps have to wait for room. */
  readonly most: number;
}

/**
 * Pool of steps, so many of them in flight at once. Errors are reported in the
 * order in which the steps began, and a step keeps its place in the pool until
 * all before it have ended: few outcomes ever wait to be reported.
 */
export class OrderedPool {
  readonly #most: number;
  readonly #report: (error: unknown) => void;
  #size: number;
  #grownAt = -Infinity;
  #count = 0;
  #reported = Promise.resolve();
  #freed = Promise.withResolvers<void>();

  /** @param report Receives each error that ends a step. */
  constructor({ size, most }: PoolSize, report: (error: unknown) => void) {
    this.#size = size;
    this.#most = most;
    this.#report = report;
  }

  /** Number of steps that are in flight at once, so far. */
  get size(): number {
    return this.#size;
  }

  /** Begins a step as soon as the pool has room; resolves once it began. */
  async begin(step: () => Promise<void>): Promise<void> {
    while (this.#count >= this.#size) await this.#waitForRoom();
    this.#count++;
    const ended = step().then(() => undefined, (error) => ({ error }));
    this.#reported = this.#settle(this.#reported, ended);
  }

  /** Waits until a step has ended; doubles the size after a long wait. */
  async #waitForRoom(): Promise<void> {
    const asked = performance.now();
    await this.#freed.promise;
    const now = performance.now();
    // Of several that waited for the same step, one alone has the pool grow.
    const isSlow = now - asked > SLOW_MILLISECONDS && this.#grownAt <= asked;
    if (!isSlow || this.#size >= this.#most) return;
    this.#size = Math.min(this.#most, this.#size * 2);
    this.#grownAt = now;
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
