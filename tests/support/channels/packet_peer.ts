import { stub } from "@std/testing/mock";
import {
  type Channel,
  type ReadOptions,
  upTo,
} from "../../../lib/channel/channel.ts";

/** Bytes that were written up to a flush. */
type Packet = Uint8Array;

/**
 * A channel to a peer that takes all writes up to a flush for one message, as some
 * servers take a packet: it answers once, whatever stands behind the first.
 */
export class PacketPeer implements Channel {
  readonly blockBytes = 64 * 1024;
  /** Packets that came, as text. */
  readonly packets: string[] = [];
  readonly #answer: (packet: string) => string;
  #held: Packet[] = [];
  #input = new Uint8Array();
  #came = Promise.withResolvers<void>();

  /** @param answer Gives the answer to a packet; an empty text for none. */
  constructor(banner: string, answer: (packet: string) => string) {
    this.#input = new TextEncoder().encode(banner);
    this.#answer = answer;
  }

  async read(limit: number, { last }: ReadOptions = {}): Promise<Uint8Array> {
    await this.flush();
    while (this.#input.length === 0) await this.#came.promise;
    const part = upTo(last, this.#input.subarray(0, limit));
    this.#input = this.#input.slice(part.length);
    return part;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#held.push(bytes.slice());
  }

  async flush(): Promise<void> {
    if (this.#held.length === 0) return;
    const packet = this.#held.map((part) => new TextDecoder().decode(part))
      .join("");
    this.#held = [];
    this.packets.push(packet);
    this.#say(this.#answer(packet));
  }

  async close(): Promise<void> {}

  #say(words: string): void {
    const said = new TextEncoder().encode(words);
    const input = new Uint8Array(this.#input.length + said.length);
    input.set(this.#input);
    input.set(said, this.#input.length);
    this.#input = input;
    this.#came.resolve();
    this.#came = Promise.withResolvers();
  }
}

/** Has timers of three seconds, and only these, fire at once. */
export class HastyClock implements Disposable {
  /** Timers of three seconds that fired. */
  fired = 0;
  readonly #stub: Disposable;

  constructor() {
    const real = globalThis.setTimeout;
    const hasty = (callback: () => void, delay?: number) =>
      real(
        () => {
          if (delay === 3000) this.fired++;
          callback();
        },
        delay === 3000 ? 0 : delay,
      );
    this.#stub = stub(globalThis, "setTimeout", hasty as typeof setTimeout);
  }

  [Symbol.dispose](): void {
    this.#stub[Symbol.dispose]();
  }
}
