/** Buffers that all copies of a transfer share, each for one at a time. */
export class Blocks {
  /** The length of each. */
  readonly bytesEach: number;
  readonly #free: Uint8Array[] = [];
  readonly #waiting: ((block: Uint8Array) => void)[] = [];
  #unmade: number;

  /**
   * @param count How many there are at most; they are made when they are
   * needed.
   * @param bytesEach The length of each.
   */
  constructor(count: number, bytesEach: number) {
    this.#unmade = count;
    this.bytesEach = bytesEach;
  }

  /** Waits for a buffer, and has it for as long as it is not disposed of. */
  async take(): Promise<Block> {
    const bytes = this.#free.pop() ?? this.#make() ?? await this.#freed();
    return { bytes, [Symbol.dispose]: () => this.#giveBack(bytes) };
  }

  #make(): Uint8Array | undefined {
    if (this.#unmade === 0) return undefined;
    this.#unmade--;
    return new Uint8Array(this.bytesEach);
  }

  #freed(): Promise<Uint8Array> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveBack(bytes: Uint8Array): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(bytes);
    else next(bytes);
  }
}

export interface Block extends Disposable {
  readonly bytes: Uint8Array;
}
