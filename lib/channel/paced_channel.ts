import { delay } from "@std/async/delay";
import type { Channel, ReadOptions } from "./channel.ts";

/** Keeps what passes through any number of channels to one rate. */
export class Pacer {
  readonly #bytesPerMillisecond: number;
  readonly #clock: PacerClock;
  /** Time at which all bytes so far have had their share of it. */
  #due: number;
  #isReleased = false;

  /** @param bitsPerSecond Rate, counted as scp counts: 1 Kbit is 1024. */
  constructor(bitsPerSecond: number, clock: PacerClock = systemClock) {
    this.#bytesPerMillisecond = bitsPerSecond / 8 / 1000;
    this.#clock = clock;
    this.#due = clock.now();
  }

  /** Bytes of a tenth of a second, the most that are moved at a time. */
  get sliceBytes(): number {
    return Math.max(512, Math.floor(this.#bytesPerMillisecond * 100));
  }

  /** Lets everything pass at once from now on. */
  release(): void {
    this.#isReleased = true;
  }

  /** Waits until `bytes` more have had their time. Idle time is not saved up. */
  async pass(bytes: number): Promise<void> {
    if (this.#isReleased) return;
    const now = this.#clock.now();
    this.#due = Math.max(this.#due, now - LENIENCE) +
      bytes / this.#bytesPerMillisecond;
    const early = this.#due - now;
    if (early >= SHORTEST_WAIT) await this.#clock.sleep(early);
  }
}

/** Delay of a timer that does not slow the copy down, in milliseconds. */
const LENIENCE = 100;

/** Shortest wait, in milliseconds; a shorter one joins the next. */
const SHORTEST_WAIT = 5;

/** Clock of a pacer. */
export interface PacerClock {
  /** Gives a time that only goes forward, in milliseconds. */
  now(): number;
  /** Resolves after a number of milliseconds, or somewhat later. */
  sleep(milliseconds: number): Promise<void>;
}

const systemClock: PacerClock = {
  now: () => performance.now(),
  sleep: delay,
};

/** A channel that moves bytes no faster than its pacer allows. */
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
