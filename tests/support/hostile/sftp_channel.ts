import type { Channel } from "../../../lib/channel/channel.ts";

export interface HostileSftpChannelOptions {
  /** The most bytes that one read gives. */
  readonly grain?: number;
  /** Takes what leaves. */
  readonly hear: (bytes: Uint8Array) => void;
}

/**
 * A channel in memory whose remote may say anything at any time, while it
 * hears something too. What is written leaves with a flush, or when a read has
 * to wait; what a read gave is overwritten once it is valid no more.
 */
export class HostileSftpChannel implements Channel {
  readonly blockBytes = 64 * 1024;
  /** Number of reads and writes. */
  uses = 0;
  readonly #grain: number;
  readonly #hear: (bytes: Uint8Array) => void;
  readonly #said: Uint8Array[] = [];
  readonly #lent: Uint8Array[] = [];
  #held: Uint8Array[] = [];
  #isSilent = false;
  #changed = Promise.withResolvers<void>();

  constructor({ grain = Infinity, hear }: HostileSftpChannelOptions) {
    this.#grain = grain;
    this.#hear = hear;
  }

  say(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#said.push(bytes);
    this.#changed.resolve();
  }

  /** Gives the input to its end, and then the end. */
  fallSilent(): void {
    this.#isSilent = true;
    this.#changed.resolve();
  }

  async read(limit: number): Promise<Uint8Array> {
    this.uses++;
    if (this.#lent.length === 2) this.#lent.shift()!.fill(0xee);
    for (;;) {
      this.#changed = Promise.withResolvers();
      if (this.#said.length === 0) await this.flush();
      if (this.#said.length > 0 || this.#isSilent) break;
      await this.#changed.promise;
    }
    const [first = new Uint8Array()] = this.#said;
    const part = first.slice(0, Math.min(limit, this.#grain));
    if (part.length === first.length) this.#said.shift();
    else this.#said[0] = first.subarray(part.length);
    this.#lent.push(part);
    return part;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.uses++;
    this.#held.push(bytes.slice());
  }

  async flush(): Promise<void> {
    const held = this.#held;
    this.#held = [];
    for (const bytes of held) this.#hear(bytes);
  }

  async close(): Promise<void> {}
}
