import type { Channel, ReadOptions } from "../../../lib/channel/channel.ts";
import { SessionError } from "../../../lib/errors.ts";

/** Settings of a channel. */
export interface SftpChannelOptions {
  /** Most bytes that one read gives. */
  readonly grain?: number;
  /** Takes the bytes that leave, in place of `heard`. */
  readonly hear?: (bytes: Uint8Array) => void;
}

/**
 * Channel whose remote is the test, as unkind as a channel may be: bytes written
 * leave with a flush or a read that has to wait, and bytes read are overwritten
 * once they are no longer valid.
 */
export class SftpChannel implements Channel {
  readonly blockBytes = 64 * 1024;
  /** Bytes in flight as each read was told. */
  readonly soon: number[] = [];
  readonly #grain: number;
  readonly #hear: (bytes: Uint8Array) => void;
  /** Bytes that are not read yet. */
  #said: Uint8Array = new Uint8Array();
  #isSilent = false;
  #isDeaf = false;
  /** Bytes of the last two reads. */
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

  /** Has the remote send bytes. */
  say(...parts: readonly Uint8Array[]): void {
    this.#said = joined(this.#said, ...parts);
    this.#change();
  }

  /** Ends what the remote sends. */
  fallSilent(): void {
    this.#isSilent = true;
    this.#change();
  }

  /** Has the remote stop reading. */
  goDeaf(): void {
    this.#isDeaf = true;
  }

  /** Waits for the bytes that leave next, together. */
  async heard(): Promise<Uint8Array> {
    while (this.#left.length === 0) await this.#changed.promise;
    return this.#left.shift()!;
  }

  /** Count of the times that bytes left and were not taken. */
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
      // Only writes fail where the remote has stopped reading.
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
