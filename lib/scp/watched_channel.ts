import type { Channel, ReadOptions } from "../channel/channel.ts";

/** Reaction to a peer that is silent. */
export interface SilenceWatch {
  /** Tells if silence would mean something now. */
  isOn(): boolean;
  /** Called where the peer is silent for so long, once for each read. */
  onSilence(): Promise<void>;
}

/** Time without a byte that is a silence, in milliseconds. */
export const SILENCE_MILLISECONDS = 3000;

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
