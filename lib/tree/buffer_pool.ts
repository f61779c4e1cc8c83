/** Request for a buffer that has to wait. */
interface Waiter {
  readonly bytes: number;
  resolve(): void;
}

/**
 * Buffers that all copies of a transfer share, each for one holder at a time.
 * Together they take as much memory as a number of whole buffers.
 */
export class BufferPool {
  /** Length of a whole buffer, in bytes. */
  readonly wholeBytes: number;
  /** Buffers that nobody holds, by their lengths: powers of two, or whole. */
  readonly #free = new Map<number, Uint8Array[]>();
  readonly #waiters: Waiter[] = [];
  #bytesLeft: number;
  #end: { readonly error: unknown } | undefined;

  /** @param count Number of whole buffers; each is made when it is needed. */
  constructor(count: number, wholeBytes: number) {
    this.wholeBytes = wholeBytes;
    this.#bytesLeft = count * wholeBytes;
  }

  /**
   * Gives a buffer as `acquire` does, where it need not be waited for; else
   * `undefined`.
   */
  acquireNow(bytes: number): PooledBuffer | undefined {
    if (this.#end !== undefined || !this.#claimNow(bytes)) return undefined;
    return this.#lend(bytes);
  }

  /** Takes room where nobody waits for it; tells whether it did. */
  #claimNow(bytes: number): boolean {
    if (this.#waiters.length > 0 || bytes > this.#bytesLeft) return false;
    this.#bytesLeft -= bytes;
    return true;
  }

  /**
   * Waits in line for a buffer, which is held until it is disposed of.
   *
   * @param bytes Its length, at most a whole buffer's.
   * @throws The error that ended the pool.
   */
  async acquire(bytes: number): Promise<PooledBuffer> {
    if (!this.#claimNow(bytes)) {
      await new Promise<void>((resolve) =>
        this.#waiters.push({ bytes, resolve })
      );
    }
    if (this.#end !== undefined) {
      this.#release(bytes);
      throw this.#end.error;
    }
    return this.#lend(bytes);
  }

  /**
   * Ends the pool: later requests throw this error. A place that broke may still
   * send from buffers that come back, so they must not be filled again.
   */
  end(error: unknown): void {
    this.#end ??= { error };
  }

  #lend(length: number): PooledBuffer {
    const room = Math.min(this.wholeBytes, roomFor(length));
    let free = this.#free.get(room);
    if (free === undefined) this.#free.set(room, free = []);
    return new LentBuffer({ length, room, free }, () => this.#release(length));
  }

  #release(bytes: number): void {
    this.#bytesLeft += bytes;
    for (;;) {
      const next = this.#waiters[0];
      if (next === undefined || next.bytes > this.#bytesLeft) return;
      this.#waiters.shift();
      this.#bytesLeft -= next.bytes;
      next.resolve();
    }
  }
}

/** Least length of a buffer that is used again, in bytes. */
const LEAST_BYTES = 4096;

/** Gives the length of the buffer for so many bytes: the next power of two. */
function roomFor(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(bytes, LEAST_BYTES)));
}

/** Buffer that somebody holds: a class, as a literal with a getter takes a microsecond. */
class LentBuffer implements PooledBuffer {
  readonly length: number;
  readonly #room: number;
  readonly #free: Uint8Array[];
  readonly #released: () => void;
  #buffer: Uint8Array | undefined;

  /**
   * @param free Buffers of that room that nobody holds.
   * @param released Called when nobody holds this one any more.
   */
  constructor(
    { length, room, free }: {
      length: number;
      room: number;
      free: Uint8Array[];
    },
    released: () => void,
  ) {
    this.length = length;
    this.#room = room;
    this.#free = free;
    this.#released = released;
  }

  get bytes(): Uint8Array {
    const buffer = this.#buffer ??= this.#free.pop() ??
      new Uint8Array(this.#room);
    return this.#room === this.length
      ? buffer
      : buffer.subarray(0, this.length);
  }

  [Symbol.dispose](): void {
    if (this.#buffer !== undefined) this.#free.push(this.#buffer);
    this.#released();
  }
}

/** Buffer of a pool, or permission to have as many bytes in flight. */
export interface PooledBuffer extends Disposable {
  readonly length: number;
  /** The buffer; it takes no memory before it is first read. */
  readonly bytes: Uint8Array;
}
