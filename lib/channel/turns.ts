/** Longest time that we may go on without one, in milliseconds. */
const TURN_MILLISECONDS = 10;

/** Turns of the event loop, which timers and signals wait for. */
export class Turns {
  /** When others last had theirs. */
  #last = performance.now();

  /** True when it is time for one. */
  get areDue(): boolean {
    return performance.now() - this.#last > TURN_MILLISECONDS;
  }

  /** Gives others their turn. */
  async give(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    await this.pass(promise);
  }

  /** Waits for an event, which comes with a turn. */
  async pass(event: Promise<void>): Promise<void> {
    await event;
    this.#last = performance.now();
  }
}
