/** Longest time without a turn for timers and signals, in milliseconds. */
const TURN_MILLISECONDS = 50;

/**
 * Turns of the event loop that a loop gives while there always is something to
 * read: a peer that floods us would keep Ctrl-C from being heard.
 */
export class Turns {
  #last = performance.now();

  /** Tells if the loop has gone on for long enough. */
  get isDue(): boolean {
    return performance.now() - this.#last > TURN_MILLISECONDS;
  }

  /** Lets all that waits for the event loop have its turn. */
  async give(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#last = performance.now();
  }
}
