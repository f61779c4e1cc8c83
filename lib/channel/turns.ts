/** Longest time between two turns, in milliseconds. */
const TURN_MILLISECONDS = 10;

/** Turns of the event loop, which timers and signals wait for. */
export class Turns {
  /** Time of the last turn, in milliseconds. */
  #last = performance.now();

  /** True when the next turn is due. */
  get areDue(): boolean {
    return performance.now() - this.#last > TURN_MILLISECONDS;
  }

  /** Lets timers and signals have a turn. */
  async give(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    await this.pass(promise);
  }

  /** Waits for an event, which takes a turn of the loop. */
  async pass(event: Promise<void>): Promise<void> {
    await event;
    this.#last = performance.now();
  }
}
