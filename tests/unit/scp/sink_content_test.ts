/** A source without a name of its own: its content goes into the target. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ProtocolError } from "../../../lib/errors.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { Relay } from "../../../lib/scp/relay.ts";
import { Sink, type SinkOptions } from "../../../lib/scp/sink.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { keptMode } from "../../support/platform.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import {
  CLIENT_SINK,
  PRESERVING_SINK,
} from "../../support/scp/sink_options.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

/** Any name would do if it were asked for by one. */
const CONTENT: SinkOptions = {
  ...CLIENT_SINK,
  top: "content",
  objectionTo: () => "a name is no question here",
};

const OUTER_RECORDS = [
  "D0755 0 .\n",
  "D0755 0 ..\n",
  "D0755 0 bob\n",
  "D0755 0 \n",
  "D0755 0 ../x\n",
] as const;

async function receive(
  peer: ScriptedPeer,
  target: string,
  options: SinkOptions = CONTENT,
): Promise<readonly string[]> {
  const observer = new RecordingObserver();
  const sink = new Sink(peer, new LocalFileSystem(), options, observer);
  await sink.receive(target);
  peer.assertDone();
  return observer.failures;
}

/** A directory with a file and one with nothing in it, called by a record. */
function directorySource(outer: string): ScriptedPeer {
  return new ScriptedPeer()
    .weSay("\0").peerSays(outer)
    .weSay("\0").peerSays("C0644 1 f\n")
    .weSay("\0").peerSays("x\0")
    .weSay("\0").peerSays("D0755 0 e\n")
    .weSay("\0").peerSays("E\n")
    .weSay("\0").peerSays("E\n")
    .weSay("\0");
}

function look(path: string): [mode: number, modified: number] {
  const { mode, mtime } = Deno.statSync(path);
  return [mode! & 0o7777, mtime!.getTime() / 1000];
}

for (const outer of OUTER_RECORDS) {
  Deno.test(`Sink: takes the content of ${JSON.stringify(outer)} into a target that is there`, async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "in/kept", content: "kept" }]);
    const target = `${directory.path}/in`;
    assertEquals(await receive(directorySource(outer), target), []);
    assertEquals(listing(directory.path), [
      "in/",
      "in/e/",
      'in/f = "x"',
      'in/kept = "kept"',
    ]);
  });

  Deno.test(`Sink: makes a missing target of ${JSON.stringify(outer)}`, async () => {
    using directory = new TempDirectory();
    const target = `${directory.path}/new`;
    assertEquals(await receive(directorySource(outer), target), []);
    assertEquals(listing(directory.path), ["new/", "new/e/", 'new/f = "x"']);
    assertEquals(look(target)[0], keptMode(0o755));
  });
}

Deno.test("Sink: leaves mode and times of a target that is there alone, with -p too", async () => {
  using directory = new TempDirectory();
  const target = `${directory.path}/in`;
  Deno.mkdirSync(target, { mode: 0o700 });
  Deno.utimeSync(target, 1234, 1234);
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("T1000000000 0 1000000000 0\n")
    .weSay("\0").peerSays("D1777 0 .\n")
    .weSay("\0").peerSays("E\n")
    .weSay("\0");
  const options: SinkOptions = { ...PRESERVING_SINK, top: "content" };
  assertEquals(await receive(peer, target, options), []);
  assertEquals(look(target), [keptMode(0o700), 1234]);
});

Deno.test("Sink: gives a target that it makes mode and times with -p", async () => {
  using directory = new TempDirectory();
  const target = `${directory.path}/new`;
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("T1000000000 0 1000000000 0\n")
    .weSay("\0").peerSays("D1750 0 .\n")
    .weSay("\0").peerSays("E\n")
    .weSay("\0");
  const options: SinkOptions = { ...PRESERVING_SINK, top: "content" };
  assertEquals(await receive(peer, target, options), []);
  assertEquals(look(target), [keptMode(0o750), 1_000_000_000]);
});

Deno.test("Sink: refuses content where a file is", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "kept" }]);
  const target = `${directory.path}/f`;
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("D0755 0 .\n")
    .weSay(`\x01scp: ${target}: Not a directory\n`);
  assertEquals(await receive(peer, target), [`${target}: Not a directory`]);
  assertEquals(listing(directory.path), ['f = "kept"']);
});

Deno.test("Sink: takes one directory and nothing else as content", async () => {
  for (
    const [before, refused] of [
      ["", "C0644 1 f\n"],
      ["D0755 0 .\n", "D0755 0 .\n"],
      ["D0755 0 .\n", "D0755 0 d\n"],
      ["D0755 0 .\n", "C0644 1 f\n"],
    ] as const
  ) {
    using directory = new TempDirectory();
    const name = refused.trimEnd().split(" ")[2];
    const peer = new ScriptedPeer().weSay("\0");
    if (before !== "") {
      peer.peerSays(before).weSay("\0").peerSays("E\n").weSay("\0");
    }
    peer.peerSays(refused).weSay(
      `\x01scp: error: unexpected filename: ${name}\n`,
    );
    await assertRejects(() => receive(peer, directory.path), ProtocolError);
    assertEquals(listing(directory.path), []);
  }
});

Deno.test("Sink: checks names inside of content", async () => {
  for (const name of ["..", ".", "../x", ""]) {
    using directory = new TempDirectory();
    const target = `${directory.path}/in`;
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays("D0755 0 .\n")
      .weSay("\0").peerSays(`D0755 0 ${name}\n`)
      .weSay(`\x01scp: error: unexpected filename: ${name}\n`);
    await assertRejects(() => receive(peer, target), ProtocolError);
    assertEquals(listing(directory.path), ["in/"]);
  }
});

async function relay(
  source: ScriptedPeer,
  target: ScriptedPeer,
  topName?: string,
): Promise<void> {
  const relay = new Relay(
    { host: "from", channel: source },
    { host: "to", channel: target },
    {
      modeBits: 0o6777,
      rules: {
        recursive: true,
        top: "content",
        objectionTo: () => "a name is no question here",
      },
      ...(topName === undefined ? {} : { topName }),
    },
    new RecordingObserver(),
  );
  const { entries, endedInside } = await relay.run();
  assert(entries > 0);
  assertEquals(endedInside, undefined);
  source.assertDone();
  target.assertDone();
}

/** A source that sends a directory with times and one file in it. */
function sourceOf(outer: string): ScriptedPeer {
  return new ScriptedPeer()
    .weSay("\0").peerSays("T1 0 1 0\n")
    .weSay("\0").peerSays(outer)
    .weSay("\0").peerSays("C0644 1 f\n")
    .weSay("\0").peerSays("x\0")
    .weSay("\0").peerSays("E\n")
    .weSay("\0");
}

for (const outer of OUTER_RECORDS) {
  Deno.test(`Relay: forwards only the content of ${JSON.stringify(outer)}`, async () => {
    const target = new ScriptedPeer()
      .peerSays("\0").weSay("C0644 1 f\n")
      .peerSays("\0").weSay("x\0")
      .peerSays("\0");
    await relay(sourceOf(outer), target);
  });

  Deno.test(`Relay: forwards ${JSON.stringify(outer)} by the name it is given`, async () => {
    const target = new ScriptedPeer()
      .peerSays("\0").weSay("T1 0 1 0\n")
      .peerSays("\0").weSay("D0755 0 new\n")
      .peerSays("\0").weSay("C0644 1 f\n")
      .peerSays("\0").weSay("x\0E\n")
      .peerSays("\0\0");
    await relay(sourceOf(outer), target, "new");
  });
}

Deno.test("Relay: refuses a file and a second entry as content", async () => {
  for (const before of ["", "D0755 0 .\n"]) {
    const source = new ScriptedPeer().weSay("\0");
    if (before !== "") {
      source.peerSays(before).weSay("\0").peerSays("E\n").weSay("\0");
    }
    source.peerSays("C0644 1 f\n").weSay(
      "\x01scp: error: unexpected filename: f\n",
    );
    const target = new ScriptedPeer().peerSays("\0");
    await assertRejects(() => relay(source, target), ProtocolError);
    source.assertDone();
  }
});
