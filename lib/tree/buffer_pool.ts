/** Who waits for a buffer. */
interface Waiting {
  readonly bytes: number;
  resolve(): void;
}

/**
 * Buffers that all copies of a transfer share, each for one at a time: as much
 * memory as so many whole ones take, and no more.
 */
export class BufferPool {
  /** The length of a whole one. */
  readonly wholeBytes: number;
  /** Whole ones that nobody has. */
  readonly #free: Uint8Array[] = [];
  readonly #waiting: Waiting[] = [];
  #bytesLeft: number;
  #end: { readonly error: unknown } | undefined;

  /** @param count How many whole ones there are; they are made when needed. */
  constructor(count: number, wholeBytes: number) {
    this.wholeBytes = wholeBytes;
    this.#bytesLeft = count * wholeBytes;
  }

  /**
   * Waits in line for a buffer of that length, a whole one's at most, and has
   * it for as long as it is not disposed of.
   *
   * @throws What ended it all.
   */
  async take(bytes: number): Promise<PooledBuffer> {
    if (this.#waiting.length > 0 || bytes > this.#bytesLeft) {
      await new Promise<void>((resolve) =>
        this.#waiting.push({ bytes, resolve })
      );
    } else this.#bytesLeft -= bytes;
    if (this.#end !== undefined) {
      this.#giveBack(bytes);
      throw this.#end.error;
    }
    return this.#lent(bytes);
  }

  /**
   * Gives no more buffers, but this error to whoever wants one: what broke with
   * it may still send from those that come back.
   */
  end(error: unknown): void {
    this.#end ??= { error };
  }

  #lent(length: number): PooledBuffer {
    const free = this.#free;
    const isWhole = length === this.wholeBytes;
    let buffer: Uint8Array | undefined;
    return {
      length,
      get bytes() {
        buffer ??= isWhole ? free.pop() : undefined;
        return buffer ??= new Uint8Array(length);
      },
      [Symbol.dispose]: () => {
        if (isWhole && buffer !== undefined) free.push(buffer);
        this.#giveBack(length);
      },
    };
  }

  #giveBack(bytes: number): void {
    this.#bytesLeft += bytes;
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined || next.bytes > this.#bytesLeft) return;
      this.#waiting.shift();
      this.#bytesLeft -= next.bytes;
      next.resolve();
    }
  }
}

/** A buffer, or the leave to have so many bytes in flight. */
export interface PooledBuffer extends Disposable {
  readonly length: number;
  /** The buffer itself; it takes no memory before it is asked for. */
  readonly bytes: Uint8Array;
}
