/** Silences of a peer that has something to say: of what it did not hear. */

import type { Channel, ReadOptions } from "../channel/channel.ts";

/** Time without a byte that is a silence, in milliseconds. */
const SILENCE_MILLISECONDS = 3000;

/** Reason why a copy cannot go on, or goes on in lockstep. */
export const ONE_AT_A_TIME = "the remote side takes one message at a time";

/** Waits for an answer, or three seconds. */
export async function orSilence<T>(answer: Promise<T>): Promise<T | "silence"> {
  // Nobody waits for it any more after a silence.
  answer.catch(() => {});
  const { promise: silence, resolve } = Promise.withResolvers<"silence">();
  const timer = setTimeout(() => resolve("silence"), SILENCE_MILLISECONDS);
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Reaction to a peer that is silent. */
export interface SilenceWatch {
  /** Tells if silence would mean something now. */
  isOn(): boolean;
  /** Called where the peer is silent for so long, once for each read. */
  onSilence(): Promise<void>;
  /** Called where something came, or the end. */
  onInput(): void;
}

/** A channel whose silences are told while it is read. */
export class WatchedChannel implements Channel {
  readonly #inner: Channel;
  readonly #watch: SilenceWatch;

  constructor(inner: Channel, watch: SilenceWatch) {
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

  async #readWatched(
    limit: number,
    options?: ReadOptions,
  ): Promise<Uint8Array> {
    const timer = setTimeout(
      () => this.#watch.onSilence(),
      SILENCE_MILLISECONDS,
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
