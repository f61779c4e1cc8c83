/** What one has for itself until it is disposed of. */
export interface AcquiredLock extends Disposable {
  /** Whether somebody else had it before. */
  readonly hasWaited: boolean;
}

/** Things that one at a time may have, each known by its key. */
export class KeyedLock {
  /** Resolve when what these keys are about is free again. */
  readonly #taken = new Map<string, Promise<void>>();

  /** Waits in line for what a key is about. */
  async claim(key: string): Promise<AcquiredLock> {
    const before = this.#taken.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#taken.set(key, promise);
    await before;
    return {
      hasWaited: before !== undefined,
      [Symbol.dispose]: () => {
        // Whoever waits in line has taken the place of this promise.
        if (this.#taken.get(key) === promise) this.#taken.delete(key);
        resolve();
      },
    };
  }
}
