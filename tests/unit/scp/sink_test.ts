import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EntryError,
  ProtocolError,
  SessionError,
} from "../../../lib/errors.ts";
import type {
  FileSystem,
  OpenFile,
} from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { Sink } from "../../../lib/scp/sink.ts";
import { FaultyFileSystem } from "../../support/file_systems/faulty_file_system.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { LooksFirst } from "../../support/file_systems/looks_first.ts";
import { keptMode } from "../../support/platform.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { modeOf, receive, timesOf } from "../../support/scp/scripted_sink.ts";
import {
  CLIENT_SINK,
  PRESERVING_SINK,
} from "../../support/scp/sink_options.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

Deno.test("Sink: takes a file step by step, in chunks of any size", async () => {
  for (const grain of [1, 2, 7, Infinity]) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer(grain)
      .weSay("\0").peerSays("C0644 3 a\n")
      .weSay("\0").peerSays("abc\0")
      .weSay("\0");
    assertEquals(
      await receive(peer, directory.path),
      { entries: 1, isToldEnd: false, failures: [], bodies: ["a 3/3"] },
      `${grain} bytes at a time`,
    );
    assertEquals(listing(directory.path), ['a = "abc"']);
  }
});

Deno.test("Sink: takes records that come right behind bodies", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 3 a\nabc\0C0644 2 b\nxy\0")
    .weSay("\0\0\0\0");
  assertEquals((await receive(peer, directory.path)).entries, 2);
  assertEquals(listing(directory.path), ['a = "abc"', 'b = "xy"']);
});

Deno.test("Sink: takes an empty file", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 0 a\n")
    .weSay("\0").peerSays("\0")
    .weSay("\0");
  assertEquals((await receive(peer, directory.path)).bodies, ["a 0/0"]);
  assertEquals(listing(directory.path), ['a = ""']);
});

Deno.test("Sink: refuses a file where a directory is, and stays in step", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "isdir/" }]);
  const refusal = `${directory.path}/isdir: Is a directory`;
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 3 isdir\n")
    .weSay(`\x01scp: ${refusal}\n`).peerSays("C0644 2 ok\n")
    .weSay("\0").peerSays("xy\0")
    .weSay("\0");
  assertEquals(
    await receive(peer, directory.path),
    {
      entries: 2,
      isToldEnd: false,
      failures: [refusal],
      bodies: ["ok 2/2"],
    },
  );
  assertEquals(listing(directory.path), ["isdir/", 'ok = "xy"']);
});

Deno.test("Sink: reads the body of a refused file as records", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "isdir/" }]);
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 3 isdir\nabc\0")
    .weSay(`\x01scp: ${directory.path}/isdir: Is a directory\n`).peerEnds()
    .weSay("\x01scp: protocol error: lost connection\n");
  await assertRejects(
    () => receive(peer, directory.path),
    SessionError,
    'lost connection in the middle of "abc\0"',
  );
  peer.assertDone();
  assertEquals(listing(directory.path), ["isdir/"]);
});

Deno.test("Sink: stays in its directory after it refuses another", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "old" }]);
  const refusal = `${directory.path}/f: Not a directory`;
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("D0755 0 f\n")
    .weSay(`\x01scp: ${refusal}\n`).peerSays("C0644 1 x\n")
    .weSay("\0").peerSays("x\0")
    .weSay("\0").peerSays("E\n")
    .weSay("\0");
  assertEquals((await receive(peer, directory.path)).failures, [refusal]);
  assertEquals(listing(directory.path), ['f = "old"', 'x = "x"']);
});

Deno.test("Sink: ends at an E that closes no directory, and reads no further", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("E\n")
    .weSay("\0");
  assertEquals(
    await receive(peer, directory.path),
    { entries: 0, isToldEnd: true, failures: [], bodies: [] },
  );
  const after = new ScriptedPeer(1)
    .weSay("\0").peerSays("E\nC0644 1 a\na\0")
    .weSay("\0");
  const sink = new Sink(
    after,
    new LocalFileSystem(),
    CLIENT_SINK,
    new RecordingObserver(),
  );
  await sink.receive(directory.path);
  assertEquals(listing(directory.path), []);
});

Deno.test("Sink: reports a warning between records and does not reply to it", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("\x01oops\nC0644 1 a\n")
    .weSay("\0").peerSays("a\0")
    .weSay("\0").peerSays("\x01scp: b: No such file or directory\n");
  assertEquals(
    (await receive(peer, directory.path)).failures,
    ["oops", "scp: b: No such file or directory"],
  );
  assertEquals(listing(directory.path), ['a = "a"']);
});

Deno.test("Sink: keeps a file that the source could not read whole", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("T1000000000 0 1000000001 0\n")
    .weSay("\0").peerSays("C0640 3 e\n")
    .weSay("\0").peerSays("abc")
    .peerSays("\x01scp: e: Input/output error\n")
    .weSay("\0").peerSays("C0644 0 next\n")
    .weSay("\0").peerSays("\0")
    .weSay("\0");
  const { failures } = await receive(peer, directory.path, PRESERVING_SINK);
  assertEquals(failures, ["scp: e: Input/output error"]);
  assertEquals(timesOf(`${directory.path}/e`), [1_000_000_000, 1_000_000_001]);
  assertEquals(listing(directory.path), ['e = "abc"', 'next = ""']);
  assertEquals(modeOf(`${directory.path}/e`), keptMode(0o640));
});

/** A local disk whose files take the first `room` bytes, then are full. */
function fullDisk(room: number): FileSystem {
  class FullDisk extends LooksFirst {
    override async openToWrite(path: string, mode: number): Promise<OpenFile> {
      const file = await super.openToWrite(path, mode);
      let left = room;
      const write = file.write.bind(file);
      file.write = async (bytes, at) => {
        left -= bytes.length;
        if (left < 0) throw new EntryError(`${path}: No space left on device`);
        await write(bytes, at);
      };
      return file;
    }
  }
  return new FullDisk();
}

Deno.test("Sink: reports a full disk in one reply, after the body, and stays in step", async () => {
  for (const grain of [1, Infinity]) {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "a", content: "an older, longer file" }]);
    const refusal = `${directory.path}/a: No space left on device`;
    const peer = new ScriptedPeer(grain)
      .weSay("\0").peerSays("T1 0 1 0\n")
      .weSay("\0").peerSays("C0644 9 a\n")
      .weSay("\0").peerSays("C0644 1 x\0")
      .weSay(`\x01scp: ${refusal}\n`).peerSays("C0644 3 b\n")
      .weSay("\0").peerSays("xyz\0")
      .weSay("\0");
    assertEquals(
      await receive(peer, directory.path, { files: fullDisk(4) }),
      {
        entries: 2,
        isToldEnd: false,
        failures: [refusal],
        bodies: ["a 9/9", "b 3/3"],
      },
    );
    assertEquals(listing(directory.path), [
      grain === 1 ? 'a = "C064"' : 'a = ""',
      'b = "xyz"',
    ]);
    assert(
      timesOf(`${directory.path}/a`)[0] > 1,
      "no times of what is not there",
    );
  }
});

Deno.test("Sink: replies once although a write fails and the source warns too", async () => {
  using directory = new TempDirectory();
  const refusal = `${directory.path}/a: No space left on device`;
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 3 a\n")
    .weSay("\0").peerSays("abc\x01scp: a: Input/output error\n")
    .weSay(`\x01scp: ${refusal}\n`).peerSays("E\n")
    .weSay("\0");
  const { failures } = await receive(peer, directory.path, {
    files: fullDisk(0),
  });
  assertEquals(
    failures.toSorted(),
    [refusal, "scp: a: Input/output error"].toSorted(),
  );
});

Deno.test("Sink: replies once although length, mode and times all fail", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "older" }]);
  const fail = (what: string) => async () => {
    throw new EntryError(`a: ${what}: Operation not permitted`);
  };
  const files = new FaultyFileSystem({
    truncate: fail("truncate"),
    setMode: fail("set mode"),
    setTimes: fail("set times"),
  });
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("T1 0 1 0\nC0644 5 a\nabcde\0")
    .weSay("\0\0\x01scp: a: truncate: Operation not permitted\n")
    .peerSays("E\n")
    .weSay("\0");
  assertEquals(
    (await receive(peer, directory.path, { files, ...PRESERVING_SINK }))
      .failures,
    ["a: truncate: Operation not permitted"],
  );
});

Deno.test("Sink: keeps a file that cannot be opened to write", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "mine" }]);
  class NoWriting extends LooksFirst {
    override async openToWrite(path: string): Promise<OpenFile> {
      throw new EntryError(`${path}: Permission denied`);
    }
  }
  const refusal = `${directory.path}/a: Permission denied`;
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0600 4 a\n")
    .weSay(`\x01scp: ${refusal}\n`);
  assertEquals(
    (await receive(peer, directory.path, { files: new NoWriting() })).failures,
    [refusal],
  );
  assertEquals(listing(directory.path), ['a = "mine"']);
});

Deno.test("Sink: gives the directory that a stream ended in", async () => {
  for (
    const [records, replies, inside] of [
      ["D0755 0 dd\nC0644 1 a\na\0", "\0\0\0", "dd"],
      ["D0755 0 dd\nC0644 1 a\na\0D0755 0 ee\n", "\0\0\0\0", "dd/ee"],
      ["D0755 0 dd\nC0644 1 a\na\0D0755 0 ee\nE\n", "\0\0\0\0\0", "dd"],
    ] as const
  ) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(records)
      .weSay(replies);
    const { isToldEnd, endedInside } = await receive(peer, directory.path);
    assertEquals([isToldEnd, endedInside], [
      false,
      `${directory.path}/${inside}`,
    ]);
    assertEquals(listing(directory.path).slice(0, 2), ["dd/", 'dd/a = "a"']);
  }
});

Deno.test("Sink: tells an end of the source from an end of its stream", async () => {
  for (
    const [records, replies, expected] of [
      ["", "", { entries: 0, isToldEnd: false }],
      ["E\n", "\0", { entries: 0, isToldEnd: true }],
      ["T1 0 1 0\n", "\0", { entries: 0, isToldEnd: false }],
      ["C0644 0 a\n\0", "\0\0", { entries: 1, isToldEnd: false }],
      ["C0644 0 a\n\0E\n", "\0\0\0", { entries: 1, isToldEnd: true }],
      ["D0755 0 d\nE\n", "\0\0", { entries: 1, isToldEnd: false }],
      ["D0755 0 d\nE\nE\n", "\0\0\0", { entries: 1, isToldEnd: true }],
    ] as const
  ) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(records)
      .weSay(replies);
    const { entries, isToldEnd } = await receive(peer, directory.path);
    assertEquals({ entries, isToldEnd }, expected, records);
  }
});

Deno.test("Sink: takes messages of any length, and the records behind them", async () => {
  for (const length of [2045, 2046, 5000, 65534]) {
    using directory = new TempDirectory();
    const text = "w".repeat(length);
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(`\x01${text}\nC0644 1 a\n`)
      .weSay("\0").peerSays(`x\x01${text}\n`)
      .weSay("\0").peerSays("C0644 1 b\n")
      .weSay("\0").peerSays("b\0")
      .weSay("\0");
    const { failures } = await receive(peer, directory.path);
    const kept = length > 2045 ? `${text.slice(0, 2045)}…` : text;
    assertEquals(failures, [kept, kept]);
    assertEquals(listing(directory.path), ['a = "x"', 'b = "b"']);
  }
});

Deno.test("refuse(): sends the source the reason, and throws the same", async () => {
  const peer = new ScriptedPeer().weSay("\x01scp: ambiguous target\n");
  const sink = new Sink(
    peer,
    new LocalFileSystem(),
    CLIENT_SINK,
    new RecordingObserver(),
  );
  const error = await assertRejects(
    () => sink.refuse("ambiguous target"),
    ProtocolError,
  );
  assertEquals([error.message, error.name], [
    "ambiguous target",
    "RefusalError",
  ]);
  peer.assertDone();
});
