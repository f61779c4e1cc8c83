/** Dialogues with peers that take one message from each packet and drop the rest. */

import { assertEquals, assertRejects } from "@std/assert";
import { ProtocolError } from "../../../lib/errors.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import type { AckPolicy } from "../../../lib/scp/replies.ts";
import { Sink } from "../../../lib/scp/sink.ts";
import { Source } from "../../../lib/scp/source.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { HastyClock, PacketPeer } from "../../support/channels/packet_peer.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { CLIENT_SINK } from "../../support/scp/sink_options.ts";
import { SortedFileSystem } from "../../support/file_systems/sorted_file_system.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

/** A sink that takes one message a packet; a body has its end with it. */
function packetSink(): PacketPeer {
  return new PacketPeer("\0", () => "\0");
}

/** A source that says one thing after each packet, and then no more. */
function packetSource(...words: readonly string[]): PacketPeer {
  const left = words.values();
  return new PacketPeer("", () => left.next().value ?? "");
}

interface Sending {
  readonly preserve?: boolean;
  readonly speculates?: boolean;
  /** False where the source cannot reconnect. */
  readonly canReconnect?: boolean;
}

/** Sends paths to packet sinks; gives what each of them took. */
async function send(
  paths: readonly string[],
  { preserve = false, speculates = false, canReconnect = true }: Sending = {},
): Promise<{ packets: (readonly string[])[]; inside: boolean[] }> {
  const peers = [packetSink()];
  const inside: boolean[] = [];
  const source = new Source(peers[0]!, new SortedFileSystem(), {
    recursive: true,
    preserve,
    dotPaths: "content",
    lockstep: false,
  }, new RecordingObserver());
  const reconnect = async (isInside: boolean) => {
    inside.push(isInside);
    peers.push(packetSink());
    return { channel: peers.at(-1)! };
  };
  if (speculates) source.speculateBy(reconnect);
  else if (canReconnect) source.reconnectBy(reconnect);
  await source.begin();
  for (const path of paths) await source.send(path);
  await source.end();
  return { packets: peers.map(({ packets }) => packets), inside };
}

function tree(): TempDirectory {
  const directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/a", content: "a", mode: 0o644, modified: 1 },
    { path: "d/b", content: "b", mode: 0o644, modified: 1 },
    { path: "d/e/", mode: 0o755, modified: 1 },
    { path: "d/", mode: 0o755, modified: 1 },
  ]);
  return directory;
}

Deno.test("Source: reconnects where a record behind its times was dropped, and sends both again in lockstep", async () => {
  using directory = tree();
  using clock = new HastyClock();
  const { packets, inside } = await send([`${directory.path}/d/a`], {
    preserve: true,
  });
  assertEquals(packets, [
    ["T1 0 1 0\nC0644 1 a\n"],
    ["T1 0 1 0\n", "C0644 1 a\n", "a\0"],
  ]);
  assertEquals(inside, [false]);
  assertEquals(clock.fired, 1);
});

Deno.test("Source: reconnects where a record behind a body was dropped, and sends it again", async () => {
  using directory = tree();
  using _clock = new HastyClock();
  const { packets, inside } = await send([`${directory.path}/d`]);
  assertEquals(packets, [
    ["D0755 0 d\n", "C0644 1 a\n", "a\0C0644 1 b\n"],
    ["D0755 0 d\n", "C0644 1 b\n", "b\0", "D0755 0 e\n", "E\n", "E\n"],
  ]);
  assertEquals(inside, [true]);
});

Deno.test("Source: reconnects where speculations were dropped, and sends them again", async () => {
  using directory = tree();
  using _clock = new HastyClock();
  const { packets, inside } = await send([`${directory.path}/d`], {
    speculates: true,
  });
  const [first, next] = packets;
  assertEquals(first!.length, 2);
  assertEquals(next, [
    "D0755 0 d\n",
    ...["C0644 1 a\n", "a\0", "C0644 1 b\n", "b\0"],
    ...["D0755 0 e\n", "E\n", "E\n"],
  ]);
  assertEquals(inside, [true]);
});

Deno.test("Source: throws that the sink takes one message at a time where it cannot reconnect", async () => {
  using directory = tree();
  using _clock = new HastyClock();
  await assertRejects(
    () => send([`${directory.path}/d`], { canReconnect: false }),
    ProtocolError,
    "the remote side takes one message at a time",
  );
});

Deno.test("Source: waits without a limit for the first reply, and in lockstep for each", async () => {
  using directory = tree();
  using clock = new HastyClock();
  const observer = new RecordingObserver();
  const peer = packetSink();
  const source = new Source(peer, new SortedFileSystem(), {
    recursive: true,
    preserve: true,
    dotPaths: "announced",
    lockstep: true,
  }, observer);
  await source.begin();
  await source.send("missing");
  await source.send(`${directory.path}/d`);
  await source.end();
  assertEquals(clock.fired, 0);
});

async function receive(
  peer: PacketPeer,
  target: string,
  ackPolicy: AckPolicy,
): Promise<void> {
  const sink = new Sink(
    peer,
    new LocalFileSystem(),
    { ...CLIENT_SINK, ackPolicy },
    new RecordingObserver(),
  );
  await sink.receive(target);
}

for (const ackPolicy of ["certain", "window"] as const) {
  Deno.test(`Sink: acknowledges again where a source drops acknowledgements in advance: ${ackPolicy}`, async () => {
    using directory = new TempDirectory();
    using clock = new HastyClock();
    const peer = packetSource(
      "T1 0 1 0\n",
      "D0755 0 d\n",
      ...["C0644 1 a\n", "a\0", "C0644 1 isdir\n", "x\0"],
      ...["D0755 0 isdir\n", "E\n", "E\n"],
      "E\n",
    );
    await receive(peer, directory.path, ackPolicy);
    assertEquals(listing(directory.path), [
      "d/",
      'd/a = "a"',
      'd/isdir = "x"',
    ]);
    assertEquals(clock.fired, 1);
    const said = peer.packets.join("");
    assertEquals(said, "\0".repeat(said.length), "acknowledgements alone");
    assertEquals(peer.packets.slice(-5), Array(5).fill("\0"));
  });
}
