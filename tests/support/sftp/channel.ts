import type { Channel, ReadOptions } from "../../../lib/channel/channel.ts";
import { SessionError } from "../../../lib/errors.ts";

export interface SftpChannelOptions {
  /** The most bytes that one read gives. */
  readonly grain?: number;
  /** Takes what leaves, instead of a test that waits for it. */
  readonly hear?: (bytes: Uint8Array) => void;
}

/**
 * A channel whose remote is the test. It is as unkind as a channel may be:
 * what is written leaves with a flush or when a read has to wait, and what a
 * read gave is overwritten as soon as it is valid no more.
 */
export class SftpChannel implements Channel {
  readonly blockBytes = 64 * 1024;
  /** What each read was told to come soon. */
  readonly soon: number[] = [];
  readonly #grain: number;
  readonly #hear: (bytes: Uint8Array) => void;
  /** What can be read yet. */
  #said: Uint8Array = new Uint8Array();
  #isSilent = false;
  #isDeaf = false;
  /** What was read last, and before that. */
  readonly #lent: Uint8Array[] = [];
  #held: Uint8Array = new Uint8Array();
  readonly #left: Uint8Array[] = [];
  #changed = Promise.withResolvers<void>();

  constructor({ grain = Infinity, hear }: SftpChannelOptions = {}) {
    this.#grain = grain;
    this.#hear = hear ?? ((bytes) => {
      this.#left.push(bytes);
      this.#change();
    });
  }

  /** Has the remote say something. */
  say(...parts: readonly Uint8Array[]): void {
    this.#said = joined(this.#said, ...parts);
    this.#change();
  }

  /** Has it say nothing more. */
  fallSilent(): void {
    this.#isSilent = true;
    this.#change();
  }

  /** Has it listen no more. */
  goDeaf(): void {
    this.#isDeaf = true;
  }

  /** What leaves next, all that leaves at a time. */
  async heard(): Promise<Uint8Array> {
    while (this.#left.length === 0) await this.#changed.promise;
    return this.#left.shift()!;
  }

  /** How often something left that nobody waited for. */
  get unheard(): number {
    return this.#left.length;
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async read(
    limit: number,
    { soon = 0 }: ReadOptions = {},
  ): Promise<Uint8Array> {
    this.soon.push(soon);
    if (this.#lent.length === 2) this.#lent.shift()!.fill(0xee);
    while (this.#said.length === 0 && !this.#isSilent) {
      // Whether the remote listens, writes tell.
      if (!this.#isDeaf) await this.flush();
      const hasSaid = this.#said.length > 0 || this.#isSilent;
      if (!hasSaid) await this.#changed.promise;
    }
    const part = this.#said.slice(0, Math.min(limit, this.#grain));
    this.#said = this.#said.subarray(part.length);
    this.#lent.push(part);
    return part;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#isDeaf) throw new SessionError("lost connection");
    this.#held = joined(this.#held, bytes);
  }

  async flush(): Promise<void> {
    if (this.#isDeaf) throw new SessionError("lost connection");
    const held = this.#held;
    this.#held = new Uint8Array();
    if (held.length > 0) this.#hear(held);
  }

  async close(): Promise<void> {}
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
