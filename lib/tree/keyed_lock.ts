/** Lock that is held, until it is disposed of. */
export interface AcquiredLock extends Disposable {
  /** True where somebody else held it before. */
  readonly hasWaited: boolean;
}

/** Locks by key: one holder of each key at a time, in the order of asking. */
export class KeyedLock {
  /** Promises that resolve when the last one in line for a key is done. */
  readonly #lines = new Map<string, Promise<void>>();

  /** Waits in line for the lock of a key. */
  async acquire(key: string): Promise<AcquiredLock> {
    const before = this.#lines.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#lines.set(key, promise);
    await before;
    return {
      hasWaited: before !== undefined,
      [Symbol.dispose]: () => {
        // Whoever waits behind has put another promise in this one's place.
        if (this.#lines.get(key) === promise) this.#lines.delete(key);
        resolve();
      },
    };
  }
}
