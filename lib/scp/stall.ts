/**
 * Detection of a remote that takes one message from each packet: it drops the
 * rest, and then both sides wait.
 */

import type { Channel, ReadOptions } from "../channel/channel.ts";

/** Time without a byte that is a stall, in milliseconds. */
const STALL_MILLISECONDS = 3000;

/** Reason why a copy cannot go on, or goes on in lockstep. */
export const ONE_AT_A_TIME = "the remote side takes one message at a time";

/** Waits for a reply, or three seconds. */
export async function orStall<T>(reply: Promise<T>): Promise<T | "stall"> {
  const { promise: stall, resolve } = Promise.withResolvers<"stall">();
  const timer = setTimeout(() => resolve("stall"), STALL_MILLISECONDS);
  try {
    return await Promise.race([reply, stall]);
  } finally {
    clearTimeout(timer);
  }
}

/** Reaction to a peer that stalls. */
export interface StallWatch {
  /** Tells if a stall would mean something now. */
  isOn(): boolean;
  /** Called where the peer stalls, once for each read. */
  onStall(): Promise<void>;
  /** Called where a read that was watched has ended. */
  onInput(): void;
}

/** A channel that watches for stalls while it is read. */
export class WatchedChannel implements Channel {
  readonly #inner: Channel;
  readonly #watch: StallWatch;

  constructor(inner: Channel, watch: StallWatch) {
    this.#inner = inner;
    this.#watch = watch;
  }

  get blockBytes(): number {
    return this.#inner.blockBytes;
  }

  read(limit: number, options?: ReadOptions): Promise<Uint8Array> {
    return this.#watch.isOn()
      ? this.#readWatched(limit, options)
      : this.#inner.read(limit, options);
  }

  /** As of the channel; none where a read is to be watched. */
  get arrived(): Uint8Array | undefined {
    return this.#watch.isOn() ? undefined : this.#inner.arrived;
  }

  skip(count: number): void {
    this.#inner.skip?.(count);
  }

  async #readWatched(
    limit: number,
    options?: ReadOptions,
  ): Promise<Uint8Array> {
    const timer = setTimeout(
      () => this.#watch.onStall(),
      STALL_MILLISECONDS,
    );
    try {
      return await this.#inner.read(limit, options);
    } finally {
      clearTimeout(timer);
      this.#watch.onInput();
    }
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#inner.write(bytes);
  }

  flush(): Promise<void> {
    return this.#inner.flush();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
