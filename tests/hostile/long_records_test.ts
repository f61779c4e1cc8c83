/** Cases that the fuzz test found. */

import { assertEquals } from "@std/assert";
import {
  type Channel,
  type ReadOptions,
  upTo,
} from "../../lib/channel/channel.ts";
import { Relay } from "../../lib/scp/relay.ts";
import { RecordingObserver } from "../support/recording_observer.ts";

/** A channel whose peer says its words, whatever it is told. */
class Saying implements Channel {
  readonly blockBytes = 4096;
  /** Each write's length, in bytes. */
  readonly written: number[] = [];
  #words: Uint8Array;

  constructor(words: string) {
    this.#words = new TextEncoder().encode(words);
  }

  async read(limit: number, { last }: ReadOptions = {}): Promise<Uint8Array> {
    const part = upTo(last, this.#words.subarray(0, limit));
    this.#words = this.#words.subarray(part.length);
    return part;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.written.push(bytes.length);
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}
}

// deno task fuzz --seed=1 --case=115: it ended with an EntryError of 2048.
for (const length of [2046, 2047, 2048, 2049]) {
  Deno.test(`relay: a relay hands on a record of ${length} bytes if a sink reads so many, and else refuses it`, async () => {
    const name = "n".repeat(length - "C0644 0 \n".length);
    const target = new Saying("\0\0\0");
    const observer = new RecordingObserver();
    const body = length < 2048 ? "\0" : "";
    const relay = new Relay(
      { host: "from", channel: new Saying(`C0644 0 ${name}\n${body}`) },
      { host: "to", channel: target },
      {
        modeBits: 0o777,
        rules: {
          recursive: false,
          top: "named",
          objectionTo: () => undefined,
        },
      },
      observer,
    );
    await relay.run();
    const failure = `${"n".repeat(240)}…: name too long`;
    assertEquals(observer.failures, length < 2048 ? [] : [failure]);
    const longest = Math.max(0, ...target.written);
    assertEquals(longest, length < 2048 ? length : 0);
  });
}
