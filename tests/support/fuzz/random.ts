/** Numbers that look random, the same ones for the same seeds: mulberry32. */
export class Random {
  #state: number;

  constructor(...seeds: readonly number[]) {
    this.#state = 0;
    for (const seed of seeds) {
      this.#state = (Math.imul(this.#state, 31) + seed) | 0;
      this.below(2);
      this.#state ^= this.below(2 ** 32);
    }
  }

  /** An integer from 0 to below `limit`, which is 2^32 at most. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(
      this.#state ^ (this.#state >>> 15),
      this.#state | 1,
    );
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 * limit);
  }

  /** True so many times out of a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  /** Gives a number of random bytes, as text. */
  bytes(count: number): string {
    return Array.from(
      { length: count },
      () => String.fromCharCode(this.below(256)),
    ).join("");
  }
}
