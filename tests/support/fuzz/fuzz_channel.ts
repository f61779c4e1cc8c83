import {
  type Channel,
  type ReadOptions,
  upTo,
} from "../../../lib/channel/channel.ts";
import { SessionError } from "../../../lib/errors.ts";
import { bytesOf, textOf } from "./byte_text.ts";
import type { Random } from "./random.ts";

/** Number of times that a stream may be read after its end. */
const PATIENCE_READS = 100;

/** Listener to the bytes that pass through a channel, as text. */
export interface ChannelListener {
  /** One write. */
  hear(text: string): void;
  /** Result of one read. */
  give(text: string): void;
}

/**
 * A channel whose peer says `input`, whatever it is told. What a read gives is
 * overwritten by the read after the next one, as a channel may do.
 */
export class FuzzChannel implements Channel {
  readonly blockBytes: number;
  /** All that was written, in its order. */
  readonly written: string[] = [];
  /** True where a write failed: what it held, the peer never got. */
  wasDeaf = false;
  /** True where a read failed, since the connection was lost. */
  wasLost = false;
  readonly #input: Uint8Array;
  /** Most bytes that have arrived before they are read. */
  readonly #ahead: number;
  /** Bytes that were given as arrived. */
  #arrived = new Uint8Array();
  /** What the next read fills, and what the last one filled. */
  #buffers: [Uint8Array, Uint8Array];
  /** True where the end of the input is an error: the connection was lost. */
  readonly #isLost: boolean;
  /** After how many writes the peer stops listening. */
  #writesLeft: number;
  #at = 0;
  #readsPastEnd = 0;
  readonly #listener: ChannelListener | undefined;

  constructor(
    input: string,
    random: Random,
    listener?: ChannelListener,
  ) {
    this.#input = bytesOf(input);
    this.blockBytes = random.pick([512, 4096, 128 * 1024]);
    const grain = random.pick([1, 7, 64, 4096]);
    this.#buffers = [new Uint8Array(grain), new Uint8Array(grain)];
    this.#ahead = random.pick([0, 1, 64, 64 * 1024]);
    this.#isLost = random.chance(10);
    this.#writesLeft = random.chance(5) ? random.below(12) : Infinity;
    this.#listener = listener;
  }

  /** Number of bytes read. */
  get position(): number {
    return this.#at;
  }

  async read(limit: number, { last }: ReadOptions = {}): Promise<Uint8Array> {
    if (!(limit >= 1)) throw new Error(`A read of ${limit} bytes`);
    this.#arrived.fill(0);
    if (this.#at === this.#input.length) this.#readPastEnd();
    const [buffer, lastBuffer] = this.#buffers;
    this.#buffers = [lastBuffer, buffer];
    const end = this.#at + Math.min(limit, buffer.length);
    const said = upTo(last, this.#input.subarray(this.#at, end));
    const part = buffer.subarray(0, said.length);
    part.set(said);
    this.#at += part.length;
    this.#listener?.give(textOf(part));
    return part;
  }

  get arrived(): Uint8Array {
    this.#arrived = this.#input.slice(this.#at, this.#at + this.#ahead);
    return this.#arrived;
  }

  skip(count: number): void {
    if (count > this.#arrived.length) throw new Error(`No ${count} bytes came`);
    this.#at += count;
    this.#listener?.give(textOf(this.#arrived.subarray(0, count)));
  }

  #readPastEnd(): void {
    if (++this.#readsPastEnd > PATIENCE_READS) {
      throw new Error("The end is read again and again");
    }
    this.wasLost = this.#isLost;
    if (this.#isLost) throw new SessionError("lost connection");
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#writesLeft-- <= 0) {
      this.wasDeaf = true;
      throw new SessionError("lost connection");
    }
    const text = textOf(bytes);
    this.written.push(text);
    this.#listener?.hear(text);
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}
}
