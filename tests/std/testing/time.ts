/** Misuse of `FakeTime`. */
export class TimeError extends Error {
  override name = "TimeError";
}

interface Timer {
  readonly run: () => void;
  /** Time that it fires at, in milliseconds since 1970. */
  readonly due: number;
  /** Milliseconds from one time to the next; absent where it fires once. */
  readonly interval?: number;
}

const { Date: RealDate, setTimeout: setRealTimeout } = globalThis;

let isFaked = false;

/**
 * Time that stands still until it is moved, for `Date`, the timers of `globalThis`
 * and `AbortSignal.timeout`; they are real again once it is disposed of.
 */
export class FakeTime implements Disposable {
  #now: number;
  readonly #timers = new Map<number, Timer>();
  #lastId = 0;
  readonly #restore: () => void;

  /**
   * @param start In milliseconds since 1970; the real time if there is none.
   * @throws {TimeError} If time is faked already.
   */
  constructor(start: number = RealDate.now()) {
    if (isFaked) {
      throw new TimeError("Cannot construct FakeTime: time is already faked");
    }
    isFaked = true;
    this.#now = start;
    const clear = (id?: number) => void this.#timers.delete(id!);
    const globals = replace(globalThis, {
      Date: this.#fakeDate(),
      setTimeout: (callback: () => void, delay = 0, ...args: []) =>
        this.#add(() => callback(...args), Math.max(0, delay)),
      setInterval: (callback: () => void, delay = 0, ...args: []) => {
        const interval = Math.max(1, delay);
        return this.#add(() => callback(...args), interval, { interval });
      },
      clearTimeout: clear,
      clearInterval: clear,
    });
    const signals = replace(AbortSignal, {
      timeout: (delay: number) => {
        const late = new DOMException("Signal timed out.", "TimeoutError");
        const controller = new AbortController();
        this.#add(() => controller.abort(late), delay);
        return controller.signal;
      },
    });
    this.#restore = () => {
      globals();
      signals();
    };
  }

  /** Time in milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  /** Moves the time forward, and fires each timer on the way. */
  set now(value: number) {
    for (let next; (next = this.#next()) && next[1].due <= value;) {
      const [id, timer] = next;
      const { run, due, interval } = timer;
      this.#now = due;
      this.#timers.delete(id);
      if (interval !== undefined) {
        this.#timers.set(id, { ...timer, due: due + interval });
      }
      run();
    }
    this.#now = value;
  }

  /** Moves the time forward by some milliseconds. */
  tick(ms = 0): void {
    this.now += ms;
  }

  /** Moves the time forward once what is ready to run has run. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.tick(ms);
  }

  /**
   * Moves the time to the next timer once what is ready to run has run.
   *
   * @returns `false` if there is no timer.
   */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    const next = this.#next();
    if (next !== undefined) this.now = next[1].due;
    return next !== undefined;
  }

  /** Lets what is ready to run, run. */
  async runMicrotasks(): Promise<void> {
    await new Promise((resolve) => setRealTimeout(resolve, 0));
  }

  /** @throws {TimeError} If time is real already. */
  restore(): void {
    if (!isFaked) {
      throw new TimeError("Cannot restore time: time is already restored");
    }
    isFaked = false;
    this.#restore();
  }

  [Symbol.dispose](): void {
    this.restore();
  }

  #add(run: () => void, delay: number, how: Partial<Timer> = {}): number {
    const due = this.#now + Math.floor(delay);
    this.#timers.set(++this.#lastId, { run, due, ...how });
    return this.#lastId;
  }

  /** Gives the timer that fires next, of several the one that was set first. */
  #next(): [number, Timer] | undefined {
    return [...this.#timers].toSorted(([, a], [, b]) => a.due - b.due)[0];
  }

  #fakeDate(): DateConstructor {
    const now = () => this.#now;
    return new Proxy(RealDate, {
      construct: (target, args) =>
        Reflect.construct(target, args.length === 0 ? [now()] : args),
      apply: () => new RealDate(now()).toString(),
      get: (target, key) => key === "now" ? now : Reflect.get(target, key),
    });
  }
}

/** Replaces members of an object; what is returned puts them back. */
function replace(object: object, members: object): () => void {
  const before = Object.fromEntries(
    Object.keys(members).map((name) => [name, Reflect.get(object, name)]),
  );
  Object.assign(object, members);
  return () => Object.assign(object, before);
}
