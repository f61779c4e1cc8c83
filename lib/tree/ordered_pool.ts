import { Turns } from "../channel/turns.ts";

/**
 * Wait for room, in milliseconds, that shows a line with latency. Near by, steps
 * end sooner, and more of them in flight only cost time, measured.
 */
const SLOW_MILLISECONDS = 12;

/**
 * Longest time in which steps begin without a turn of the event loop, in milliseconds:
 * a peer's answers wait meanwhile, and the peer for what they lead to.
 */
const TURN_MILLISECONDS = 2;

/**
 * Number of steps of a pool that are in flight at once. It may change with what shows
 * while the pool is used.
 */
export interface PoolSize {
  /** Number at first. */
  readonly size: number;
  /** Number up to which the pool grows while steps have to wait for room. */
  readonly most: number;
}

/**
 * Steps that began and were not reported, for each one that has room: those whose
 * outcome alone is awaited wait for their turn to be reported.
 */
const UNREPORTED_A_STEP = 4;

/**
 * Step of a pool.
 *
 * @param leave Gives its room to another one, though it has not ended: what is left is
 * to hear of its outcome.
 */
export type Step = (leave: () => void) => Promise<void>;

/** Step that began, or has room to begin. */
interface BegunStep {
  /** Path of the entry that it concerns; absent where it concerns none. */
  readonly path: string | undefined;
  /** True until it ended or left. */
  hasRoom: boolean;
  hasEnded: boolean;
  failure?: { readonly error: unknown } | undefined;
}

/** Step that waits for room. */
interface Waiter {
  readonly path: string | undefined;
  /** Time at which it began to wait, in milliseconds. */
  readonly since: number;
  begin(step: BegunStep): void;
}

/**
 * Receiver of the error that ended a step.
 *
 * @param path Path of the entry that the step concerned, if it did.
 */
export type ErrorReport = (error: unknown, path: string | undefined) => void;

/**
 * Pool of steps, so many of them in flight at once. Errors are reported in the
 * order in which the steps began, and no more begin while too many outcomes wait to
 * be reported.
 */
export class OrderedPool {
  readonly #room: PoolSize;
  readonly #report: ErrorReport;
  /** Steps in flight or not reported yet, in their order. */
  readonly #steps: BegunStep[] = [];
  readonly #waiters: Waiter[] = [];
  /** Turns of the event loop: many steps that begin at once would prevent them. */
  readonly #turns = new Turns(TURN_MILLISECONDS);
  /** Number that it grew to. */
  #grown = 0;
  /** Number of steps that have room. */
  #inFlight = 0;
  /** Time at which a step that waited last got room, in milliseconds. */
  #freedAt = -Infinity;
  #drained: PromiseWithResolvers<void> | undefined;

  /** @param report Receives each error that ends a step. */
  constructor(room: PoolSize, report: ErrorReport) {
    this.#room = room;
    this.#report = report;
  }

  /** Most steps that are in flight at once. */
  get most(): number {
    return this.#room.most;
  }

  get #size(): number {
    return Math.max(this.#room.size, Math.min(this.#grown, this.most));
  }

  /**
   * Begins a step as soon as the pool has room.
   *
   * @param path Path of the entry that it concerns.
   * @returns Promise that resolves once it began; `undefined` where it did at once.
   */
  begin(step: Step, path?: string): Promise<void> | undefined {
    if (this.#turns.areDue || !this.#hasRoom) {
      return this.#beginLater(step, path);
    }
    this.#run(step, this.#admit(path));
    return undefined;
  }

  async #beginLater(step: Step, path: string | undefined): Promise<void> {
    if (this.#turns.areDue) await this.#turns.give();
    const begun = this.#hasRoom
      ? this.#admit(path)
      : await this.#waitForRoom(path);
    this.#run(step, begun);
  }

  #run(step: Step, begun: BegunStep): void {
    step(() => this.#leave(begun)).then(
      () => this.#end(begun),
      (error) => this.#end(begun, { error }),
    );
  }

  get #hasRoom(): boolean {
    const size = this.#size;
    return this.#inFlight < size &&
      this.#steps.length < size * UNREPORTED_A_STEP;
  }

  #admit(path: string | undefined): BegunStep {
    const step = { path, hasRoom: true, hasEnded: false };
    this.#inFlight++;
    this.#steps.push(step);
    return step;
  }

  #leave(step: BegunStep): void {
    if (!step.hasRoom) return;
    step.hasRoom = false;
    this.#inFlight--;
    if (this.#hasRoom && this.#waiters.length > 0) this.#admitWaiters();
  }

  #waitForRoom(path: string | undefined): Promise<BegunStep> {
    return new Promise((begin) => {
      this.#waiters.push({ path, since: performance.now(), begin });
    });
  }

  #end(step: BegunStep, failure?: { readonly error: unknown }): void {
    step.hasEnded = true;
    step.failure = failure;
    while (this.#steps[0]?.hasEnded) {
      const { failure, path } = this.#steps.shift()!;
      if (failure !== undefined) this.#report(failure.error, path);
    }
    if (step.hasRoom) this.#leave(step);
    else if (this.#hasRoom && this.#waiters.length > 0) this.#admitWaiters();
    if (this.#steps.length > 0) return;
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  #admitWaiters(): void {
    const now = performance.now();
    this.#growAfter(now);
    this.#freedAt = now;
    while (this.#hasRoom) {
      const waiter = this.#waiters.shift();
      if (waiter === undefined) return;
      waiter.begin(this.#admit(waiter.path));
    }
  }

  /** Doubles the size where a step waited long and no other one got room. */
  #growAfter(now: number): void {
    const since = Math.max(this.#waiters[0]!.since, this.#freedAt);
    const isSlow = now - since > SLOW_MILLISECONDS;
    if (isSlow) this.#grown = Math.min(this.most, this.#size * 2);
  }

  /** Resolves when all steps that began have ended and were reported. */
  async wait(): Promise<void> {
    if (this.#steps.length === 0) return;
    this.#drained ??= Promise.withResolvers();
    await this.#drained.promise;
  }
}
