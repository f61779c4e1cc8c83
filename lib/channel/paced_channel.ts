import type { Channel, ReadOptions } from "./channel.ts";

/** Keeps what passes through any number of channels to one rate. */
export class Pacer {
  readonly #bytesPerMillisecond: number;
  readonly #clock: PacerClock;
  /** When all that has passed has had its time. */
  #due: number;

  /** @param bitsPerSecond The rate, counted as scp counts: 1 Kbit is 1024. */
  constructor(bitsPerSecond: number, clock: PacerClock = systemClock) {
    this.#bytesPerMillisecond = bitsPerSecond / 8 / 1000;
    this.#clock = clock;
    this.#due = clock.now();
  }

  /** How many bytes pass in a tenth of a second: what is moved at a time. */
  get sliceBytes(): number {
    return Math.max(512, Math.floor(this.#bytesPerMillisecond * 100));
  }

  /** Waits until `bytes` more have had their time. Idle time is not saved. */
  async pass(bytes: number): Promise<void> {
    const now = this.#clock.now();
    this.#due = Math.max(this.#due, now - LENIENCE) +
      bytes / this.#bytesPerMillisecond;
    const early = this.#due - now;
    if (early >= SHORTEST_WAIT) await this.#clock.sleep(early);
  }
}

/** How late a timer may wake us without slowing the copy, in milliseconds. */
const LENIENCE = 100;

/** Less is waited for together with what passes next, in milliseconds. */
const SHORTEST_WAIT = 5;

/** Time in milliseconds, and a wait of some. */
export interface PacerClock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

const systemClock: PacerClock = {
  now: () => performance.now(),
  sleep: (milliseconds) =>
    new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** A channel that moves bytes no faster than its pacer lets it. */
export class PacedChannel implements Channel {
  readonly #inner: Channel;
  readonly #pacer: Pacer;

  constructor(inner: Channel, pacer: Pacer) {
    this.#inner = inner;
    this.#pacer = pacer;
  }

  get blockBytes(): number {
    return Math.min(this.#inner.blockBytes, this.#pacer.sliceBytes);
  }

  async read(limit: number, options?: ReadOptions): Promise<Uint8Array> {
    const slice = Math.min(limit, this.#pacer.sliceBytes);
    const part = await this.#inner.read(slice, options);
    await this.#pacer.pass(part.length);
    return part;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const slice = this.#pacer.sliceBytes;
    for (let at = 0; at < bytes.length; at += slice) {
      const part = bytes.subarray(at, at + slice);
      await this.#inner.write(part);
      await this.#pacer.pass(part.length);
    }
  }

  flush(): Promise<void> {
    return this.#inner.flush();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
