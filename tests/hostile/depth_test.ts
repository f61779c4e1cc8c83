/** Directories in each other without end: a limit, and flat memory up to it. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Channel,
  type ReadOptions,
  upTo,
} from "../../lib/channel/channel.ts";
import { EntryError, ProtocolError } from "../../lib/errors.ts";
import type { AckPolicy } from "../../lib/scp/replies.ts";
import { Relay } from "../../lib/scp/relay.ts";
import { Sink } from "../../lib/scp/sink.ts";
import { neededBytes } from "../support/fuzz/memory.ts";
import { MemoryFileSystem } from "../support/file_systems/memory_file_system.ts";
import { RecordingObserver } from "../support/recording_observer.ts";
import { CLIENT_SINK } from "../support/scp/sink_options.ts";

/** Directories in each other that are taken. */
const MAX_DEPTH = 1000;

/** A peer that says one thing again and again, whatever it is told. */
class Repeating implements Channel {
  readonly blockBytes = 4096;
  readonly written: string[] = [];
  readonly #words: Uint8Array;
  #left: number;
  #rest = new Uint8Array();

  constructor(words: string, times: number) {
    this.#words = new TextEncoder().encode(words);
    this.#left = times;
  }

  async read(limit: number, { last }: ReadOptions = {}): Promise<Uint8Array> {
    if (this.#rest.length === 0 && this.#left > 0) {
      this.#left--;
      this.#rest = this.#words.slice();
    }
    const part = upTo(last, this.#rest.subarray(0, limit));
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.written.push(new TextDecoder().decode(bytes));
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}
}

const TOO_DEEP = `protocol error: directories more than ${MAX_DEPTH} deep`;

/** Files with paths of so many characters, as a disk has: others fail. */
class ShortPaths extends MemoryFileSystem {
  override async mkdir(path: string, mode: number): Promise<void> {
    if (path.length > 4096) throw new EntryError("File name too long");
    await super.mkdir(path, mode);
  }
}

async function receive(
  channel: Channel,
  ackPolicy: AckPolicy,
): Promise<RecordingObserver> {
  const files = new ShortPaths();
  files.addDirectory("/m");
  const observer = new RecordingObserver();
  const sink = new Sink(
    channel,
    files,
    { ...CLIENT_SINK, ackPolicy },
    observer,
  );
  await sink.receive("/m");
  return observer;
}

async function relay(source: Channel): Promise<void> {
  const relay = new Relay(
    { host: "from", channel: source },
    { host: "to", channel: new Repeating("\0", Infinity) },
    { modeBits: 0o777, rules: CLIENT_SINK },
    new RecordingObserver(),
  );
  await relay.run();
}

for (const depth of [MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1]) {
  Deno.test(`depth: ${depth} directories in each other are ${depth > MAX_DEPTH ? "refused" : "taken"}`, async () => {
    for (
      const copy of [
        (peer: Channel) => receive(peer, "none"),
        (peer: Channel) => receive(peer, "window"),
        relay,
      ]
    ) {
      const peer = new Repeating("D0755 0 d\n", depth);
      if (depth <= MAX_DEPTH) await copy(peer);
      else {
        await assertRejects(() => copy(peer), ProtocolError, TOO_DEEP);
        assertEquals(peer.written.at(-1), `\x01scp: ${TOO_DEEP}\n`);
      }
    }
  });
}

Deno.test("depth: directories with long names in each other take little memory until they are refused", async () => {
  const before = neededBytes();
  let most = 0;
  class Watched extends Repeating {
    #reads = 0;

    override async read(
      limit: number,
      options?: ReadOptions,
    ): Promise<Uint8Array> {
      if (++this.#reads % 250 === 0) most = Math.max(most, neededBytes());
      return await super.read(limit, options);
    }
  }
  const peer = new Watched(`D0755 0 ${"d".repeat(2000)}\n`, 4000);
  await assertRejects(
    () => receive(peer, "window"),
    ProtocolError,
    TOO_DEEP,
  );
  assert(most - before < 16 * 1024 * 1024, `${most - before} bytes`);
});
