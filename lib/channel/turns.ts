/** Longest time between two turns unless something else is said, in milliseconds. */
const TURN_MILLISECONDS = 10;

/** Time of the last turn that somebody waited for, in milliseconds. */
let last = performance.now();

/** Turn that comes next, for all who wait for one, and their number. */
let next: Promise<boolean> | undefined;
let waiting = 0;

/** Turns of the event loop, which timers and signals wait for. */
export class Turns {
  readonly #milliseconds: number;

  /** @param milliseconds Longest time between two turns. */
  constructor(milliseconds: number = TURN_MILLISECONDS) {
    this.#milliseconds = milliseconds;
  }

  /** True when the next turn is due. */
  get areDue(): boolean {
    return performance.now() - last > this.#milliseconds;
  }

  /**
   * Lets timers and signals have a turn. Those who wait share one: with a turn of its
   * own for each, the first of them would go on long before the last.
   *
   * @returns True where nobody else waited, who goes on now.
   */
  give(): Promise<boolean> {
    waiting++;
    return next ??= new Promise((resolve) => {
      setImmediate(() => {
        last = performance.now();
        next = undefined;
        resolve(waiting === 1);
        waiting = 0;
      });
    });
  }

  /** Waits for an event, which takes a turn of the loop. */
  async pass(event: Promise<void>): Promise<void> {
    await event;
    last = performance.now();
  }
}
