/** Work that a scan may do at once, in milliseconds. */
const AT_ONCE = 5;

/**
 * Time in which a scan has a fiftieth of it, in milliseconds: a copy that is over
 * by then is not to wait for its total. Later it has a tenth.
 */
const SLOW_START = 2000;
const SLOW_SHARE = 1 / 50;
const USUAL_SHARE = 1 / 10;

/** Work in the time of the slow start, in milliseconds. */
const SLOW_WORK = SLOW_START * SLOW_SHARE;

/** Shortest pause, in milliseconds: each wakes the process. */
const SHORTEST_PAUSE = 18;

/**
 * Pace of a scan, whose work holds up the copy beside it: the share of the time that
 * it may take.
 */
export class ScanPace {
  readonly #begun: number;
  readonly #now: () => number;
  #worked = 0;

  /** @param now Gives the time in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#begun = now();
  }

  /** Counts work that was done, in milliseconds. */
  add(milliseconds: number): void {
    this.#worked += milliseconds;
  }

  /** Time until more work is due, in milliseconds; 0 where it is. */
  get pause(): number {
    const work = this.#worked - AT_ONCE;
    const due = work <= SLOW_WORK
      ? work / SLOW_SHARE
      : SLOW_START + (work - SLOW_WORK) / USUAL_SHARE;
    const left = due - (this.#now() - this.#begun);
    return left <= 0 ? 0 : Math.max(left, SHORTEST_PAUSE);
  }
}
