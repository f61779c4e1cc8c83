/** Lock that is held, until it is disposed of. */
export interface AcquiredLock extends Disposable {
  /** True where somebody else held it before. */
  readonly hasWaited: boolean;
}

/** Locks by key: one holder of each key at a time, in the order of asking. */
export class KeyedLock {
  /** Those that wait for each key that is held. */
  readonly #lines = new Map<string, (() => void)[]>();

  /** Waits in line for the lock of a key. */
  async acquire(key: string): Promise<AcquiredLock> {
    const line = this.#lines.get(key);
    if (line === undefined) this.#lines.set(key, []);
    else await new Promise<void>((resolve) => line.push(resolve));
    return {
      hasWaited: line !== undefined,
      [Symbol.dispose]: () => this.#release(key),
    };
  }

  #release(key: string): void {
    const next = this.#lines.get(key)?.shift();
    if (next === undefined) this.#lines.delete(key);
    else next();
  }
}
