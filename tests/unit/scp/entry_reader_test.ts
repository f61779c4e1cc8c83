import { assertEquals, assertRejects } from "@std/assert";
import { ProtocolError } from "../../../lib/errors.ts";
import type { Times } from "../../../lib/filesystem/file_system.ts";
import {
  EntryReader,
  type EntryReaderOptions,
  type EntryReceiver,
} from "../../../lib/scp/entry_reader.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";

/** Takes all entries, reads each body, and keeps a line for each call. */
class ListingReceiver implements EntryReceiver {
  readonly lines: string[] = [];
  readonly #reader: EntryReader;

  constructor(reader: EntryReader) {
    this.#reader = reader;
  }

  async takeTimes({ modified }: Times): Promise<void> {
    this.lines.push(`times ${modified}`);
  }

  async takeFile(
    { name, size }: { name: string; size: number },
    times: Times | undefined,
  ): Promise<void> {
    this.#note("file", name, times);
    await this.#reader.acknowledge(1);
    await this.#reader.peer.channel.read(size);
    await this.#reader.readVerdict("a");
    await this.#reader.acknowledge();
  }

  async takeDirectory(
    { name }: { name: string },
    times: Times | undefined,
  ): Promise<void> {
    this.#note("directory", name, times);
    if (name === "refused") await this.#reader.refuse("refused: no");
    else await this.#reader.acknowledgeDirectory();
  }

  async leaveDirectory(): Promise<void> {
    this.lines.push(`end, depth ${this.#reader.depth}`);
    await this.#reader.acknowledge();
  }

  #note(kind: string, name: string, times: Times | undefined): void {
    const { depth, entries } = this.#reader;
    this.lines.push(
      `${kind} ${name}, depth ${depth}, entry ${entries}, ${
        times?.modified ?? "no times"
      }`,
    );
  }
}

function readerOf(
  peer: ScriptedPeer,
  options: Partial<EntryReaderOptions> = {},
): {
  reader: EntryReader;
  receiver: ListingReceiver;
  observer: RecordingObserver;
} {
  const observer = new RecordingObserver();
  const reader = new EntryReader(peer, {
    rules: { recursive: true, top: "named", objectionTo: () => undefined },
    ackPolicy: "none",
    repliesToUnknown: true,
    ...options,
  }, observer);
  return { reader, receiver: new ListingReceiver(reader), observer };
}

Deno.test("EntryReader: hands on each entry once, with its depth and times", async () => {
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("T7 0 8 0\n")
    .weSay("\0").peerSays("D0755 0 d\n")
    .weSay("\0").peerSays("C0644 1 a\n")
    .weSay("\0").peerSays("a\0")
    .weSay("\0").peerSays("T9 0 9 0\n")
    .weSay("\0").peerSays("E\n")
    .weSay("\0").peerSays("C0644 1 b\n")
    .weSay("\0").peerSays("b\0")
    .weSay("\0");
  const { reader, receiver } = readerOf(peer);
  await reader.begin();
  assertEquals(await reader.readInto(receiver), {
    entries: 3,
    isToldEnd: false,
  });
  peer.assertDone();
  assertEquals(receiver.lines, [
    "times 7000",
    "directory d, depth 0, entry 1, 7000",
    "file a, depth 1, entry 2, no times",
    "times 9000",
    "end, depth 0",
    "file b, depth 0, entry 3, no times",
  ]);
});

Deno.test("EntryReader: stays at its depth where a directory is refused", async () => {
  const peer = new ScriptedPeer()
    .peerSays("T7 0 8 0\n")
    .weSay("\0").peerSays("D0755 0 refused\n")
    .weSay("\x01scp: refused: no\n").peerSays("D0755 0 d\n")
    .weSay("\0");
  const { reader, receiver } = readerOf(peer);
  await reader.readInto(receiver);
  assertEquals(reader.depth, 1);
  assertEquals(receiver.lines.slice(1), [
    "directory refused, depth 0, entry 1, 7000",
    "directory d, depth 0, entry 2, no times",
  ]);
});

Deno.test("EntryReader: leaves the reply to an E that ends no directory to its caller", async () => {
  const peer = new ScriptedPeer().peerSays("E\n");
  const { reader, receiver } = readerOf(peer);
  assertEquals(await reader.readInto(receiver), {
    entries: 0,
    isToldEnd: true,
  });
  peer.assertDone();
  assertEquals(receiver.lines, []);
});

Deno.test("EntryReader: acknowledges times that no clock holds, and hands on none", async () => {
  const peer = new ScriptedPeer()
    .peerSays("T8640000000001 0 1 0\n")
    .weSay("\0").peerSays("D0755 0 d\n")
    .weSay("\0");
  const { reader, receiver, observer } = readerOf(peer);
  await reader.readInto(receiver);
  assertEquals(receiver.lines, ["directory d, depth 0, entry 1, no times"]);
  assertEquals(observer.warnings, ["times out of range are not set"]);
});

Deno.test("EntryReader: reports a source's warnings with its host's name", async () => {
  const peer = new ScriptedPeer()
    .peerSays("\x01scp: x: no\nC0644 1 a\n")
    .weSay("\0").peerSays("a\x01scp: a: Input/output error\n")
    .weSay("\0");
  const { reader, receiver, observer } = readerOf(peer, { host: "from" });
  await reader.readInto(receiver);
  assertEquals(observer.failures, [
    "from: scp: x: no",
    "from: scp: a: Input/output error",
  ]);
});

Deno.test("EntryReader: hands on nothing of an entry that breaks the rules", async () => {
  const peer = new ScriptedPeer()
    .peerSays("C0644 1 ../a\n")
    .weSay("\x01scp: error: unexpected filename: ../a\n");
  const { reader, receiver } = readerOf(peer);
  await assertRejects(
    () => reader.readInto(receiver),
    ProtocolError,
    "error: unexpected filename: ../a",
  );
  peer.assertDone();
  assertEquals(receiver.lines, []);
});

for (const repliesToUnknown of [true, false]) {
  Deno.test(`EntryReader: ends at a line that is no record, ${repliesToUnknown ? "with" : "without"} a reply`, async () => {
    const peer = new ScriptedPeer().peerSays("Welcome\n")
      .weSay(repliesToUnknown ? "\x01scp: Welcome\n" : "");
    const { reader, receiver } = readerOf(peer, { repliesToUnknown });
    await assertRejects(
      () => reader.readInto(receiver),
      ProtocolError,
      'the remote said "Welcome" instead of a record',
    );
    peer.assertDone();
  });
}
