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
import { Sink, type SinkOptions } from "../../../lib/scp/sink.ts";
import { FaultyFileSystem } from "../../support/file_systems/faulty_file_system.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { LooksFirst } from "../../support/file_systems/looks_first.ts";
import {
  isStorable,
  keptMode,
  linkTest,
  NAME_TOO_LONG,
  onWindows,
} from "../../support/platform.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import {
  CLIENT_SINK,
  PRESERVING_SINK,
} from "../../support/scp/sink_options.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

/** The objection to every name but one. */
function only(wanted: string): SinkOptions["objectionTo"] {
  return (name) => name === wanted ? undefined : `${name} for ${wanted}`;
}

/** What a sink told while it received. */
interface Told {
  readonly entries: number;
  readonly isToldEnd: boolean;
  readonly endedInside?: string;
  readonly failures: readonly string[];
  readonly bodies: readonly string[];
}

/** Receives a dialogue to its end: what it was told and every answer fits. */
async function receive(
  peer: ScriptedPeer,
  target: string,
  { files = new LocalFileSystem(), ...options }: Partial<SinkOptions> & {
    files?: FileSystem;
  } = {},
): Promise<Told> {
  const observer = new RecordingObserver();
  const sink = new Sink(peer, files, { ...CLIENT_SINK, ...options }, observer);
  const received = await sink.receive(target);
  peer.assertDone();
  const { failures, bodies } = observer;
  return { ...received, failures, bodies };
}

/** Receives a dialogue that breaks off with a `ProtocolError`; that error. */
async function breakOff(
  peer: ScriptedPeer,
  target: string,
  options: Partial<SinkOptions> = {},
): Promise<ProtocolError> {
  const error = await assertRejects(
    () => receive(peer, target, options),
    ProtocolError,
  );
  peer.assertDone();
  return error;
}

/** The same; what the error says. */
async function receiveBroken(
  peer: ScriptedPeer,
  target: string,
  options: Partial<SinkOptions> = {},
): Promise<string> {
  return (await breakOff(peer, target, options)).message;
}

function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o7777;
}

/** Modification and access time, in seconds. */
function timesOf(path: string): [number, number] {
  const { mtime, atime } = Deno.statSync(path);
  return [mtime!.getTime() / 1000, atime!.getTime() / 1000];
}

Deno.test("Sink takes a file step by step, in chunks of any size", async () => {
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

Deno.test("Sink takes records that come glued to bodies", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 3 a\nabc\0C0644 2 b\nxy\0")
    .weSay("\0\0\0\0");
  assertEquals((await receive(peer, directory.path)).entries, 2);
  assertEquals(listing(directory.path), ['a = "abc"', 'b = "xy"']);
});

Deno.test("Sink takes an empty file", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 0 a\n")
    .weSay("\0").peerSays("\0")
    .weSay("\0");
  assertEquals((await receive(peer, directory.path)).bodies, ["a 0/0"]);
  assertEquals(listing(directory.path), ['a = ""']);
});

Deno.test("Sink gives a file its times, also when it does not preserve", async () => {
  for (const options of [{}, PRESERVING_SINK]) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays("T1000000000 0 1000000001 0\nC0644 3 t\nabc\0")
      .weSay("\0\0\0");
    await receive(peer, directory.path, options);
    assertEquals(timesOf(`${directory.path}/t`), [
      1_000_000_000,
      1_000_000_001,
    ]);
  }
});

Deno.test("Sink refuses a file where a directory is, and stays in step", async () => {
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

Deno.test("Sink reads the body of a refused file as records", async () => {
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

Deno.test("Sink stays where it is after a refused directory", async () => {
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

Deno.test("Sink ends at an E that closes no directory, and reads no further", async () => {
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

Deno.test("Sink reports a warning between records and does not answer it", async () => {
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

Deno.test("Sink ends at a fatal record without an answer", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer().weSay("\0").peerSays("\x02bye\n");
  assertEquals(await receiveBroken(peer, directory.path), "bye");
});

Deno.test("Sink keeps a file that the source could not read whole", async () => {
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

Deno.test("Sink ends without an answer where a body is followed by nonsense", async () => {
  for (const words of ["Zzz\n", "\x02Zzz\n", "\n"]) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays("C0644 3 e\n")
      .weSay("\0").peerSays("abc" + words);
    const message = await receiveBroken(peer, directory.path);
    assert(message.includes(words.slice(1, -1)), JSON.stringify(words));
  }
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

Deno.test("Sink answers a full disk once, after the body, and stays in step", async () => {
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

Deno.test("Sink answers once although a write fails and the source warns too", async () => {
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

Deno.test("Sink answers once although length, mode and times all fail", async () => {
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

Deno.test("Sink refuses a target that has to be a directory before it is ready", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "old" }]);
  for (
    const [target, refusal] of [
      [`${directory.path}/missing`, "No such file or directory"],
      [`${directory.path}/f`, "Not a directory"],
    ] as const
  ) {
    const peer = new ScriptedPeer().weSay(`\x01scp: ${target}: ${refusal}\n`);
    assertEquals(
      await receiveBroken(peer, target, { targetIsDirectory: true }),
      `${target}: ${refusal}`,
    );
  }
  assertEquals(listing(directory.path), ['f = "old"']);
});

Deno.test("Sink refuses a file below a directory that is not there", async () => {
  using directory = new TempDirectory();
  const target = `${directory.path}/no/pe`;
  const refusal = `${target}: No such file or directory`;
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 1 a\n")
    .weSay(`\x01scp: ${refusal}\n`);
  assertEquals((await receive(peer, target)).failures, [refusal]);
  assertEquals(listing(directory.path), []);
});

Deno.test({
  name: "Sink refuses a file for a missing target that ends in a slash",
  ignore: Deno.build.os !== "linux", // The words are that system's own.
  fn: async () => {
    using directory = new TempDirectory();
    const refusal = `${directory.path}/nope/: Is a directory`;
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays("C0644 1 a\n")
      .weSay(`\x01scp: ${refusal}\n`);
    assertEquals(
      (await receive(peer, `${directory.path}/nope/`)).failures,
      [refusal],
    );
    assertEquals(listing(directory.path), []);
  },
});

Deno.test("Sink makes a missing target of a directory that comes", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("D0750 0 zz\n")
    .weSay("\0").peerSays("C0644 1 a\n")
    .weSay("\0").peerSays("a\0")
    .weSay("\0").peerSays("D0700 0 sub\n")
    .weSay("\0").peerSays("E\n")
    .weSay("\0").peerSays("E\n")
    .weSay("\0");
  const { entries } = await receive(peer, `${directory.path}/new`);
  assertEquals(entries, 3);
  assertEquals(listing(directory.path), ["new/", 'new/a = "a"', "new/sub/"]);
  assertEquals(modeOf(`${directory.path}/new`), keptMode(0o750));
});

Deno.test("Sink tells which directory a stream ended inside", async () => {
  for (
    const [records, answers, inside] of [
      ["D0755 0 dd\nC0644 1 a\na\0", "\0\0\0", "dd"],
      ["D0755 0 dd\nC0644 1 a\na\0D0755 0 ee\n", "\0\0\0\0", "dd/ee"],
      ["D0755 0 dd\nC0644 1 a\na\0D0755 0 ee\nE\n", "\0\0\0\0\0", "dd"],
    ] as const
  ) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(records)
      .weSay(answers);
    const { isToldEnd, endedInside } = await receive(peer, directory.path);
    assertEquals([isToldEnd, endedInside], [
      false,
      `${directory.path}/${inside}`,
    ]);
    assertEquals(listing(directory.path).slice(0, 2), ["dd/", 'dd/a = "a"']);
  }
});

Deno.test("Sink tells whether the source or its stream ended", async () => {
  for (
    const [records, answers, expected] of [
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
      .weSay(answers);
    const { entries, isToldEnd } = await receive(peer, directory.path);
    assertEquals({ entries, isToldEnd }, expected, records);
  }
});

Deno.test("Sink cuts a file to what came where the stream ends in its body, and says so", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "an older, longer file" }]);
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 5 a\n")
    .weSay("\0").peerSays("ab").peerEnds()
    .weSay("\x01scp: Broken pipe\n");
  await assertRejects(
    () => receive(peer, directory.path),
    SessionError,
    `${directory.path}/a: lost connection after 2 of 5 bytes`,
  );
  peer.assertDone();
  assertEquals(listing(directory.path), ['a = "ab"']);
});

Deno.test("Sink throws a SessionError where the stream ends before a verdict", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 2 a\n")
    .weSay("\0").peerSays("ab");
  await assertRejects(
    () => receive(peer, directory.path),
    SessionError,
    "lost connection",
  );
});

Deno.test("Sink gives the times of a refused entry to no other", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "isdir/" }, { path: "f", content: "" }]);
  for (const record of ["C0644 3 isdir", "D0755 0 f"]) {
    const path = `${directory.path}/${record.split(" ").at(-1)}`;
    const words = record.startsWith("C") ? "Is a directory" : "Not a directory";
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(`T1000000000 0 1000000001 0\n${record}\n`)
      .weSay(`\0\x01scp: ${path}: ${words}\n`).peerSays("C0644 2 ok\n")
      .weSay("\0").peerSays("xy\0")
      .weSay("\0");
    await receive(peer, directory.path);
    assert(timesOf(`${directory.path}/ok`)[0] > 1_000_000_000, record);
  }
});

Deno.test("Sink gives times to the one entry they came before", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("T1 0 2 0\nC0644 0 a\n\0C0644 0 b\n\0")
    .weSay("\0".repeat(5)).peerSays("T3 0 4 0\nE\n")
    .weSay("\0\0");
  await receive(peer, directory.path);
  assertEquals(timesOf(`${directory.path}/a`), [1, 2]);
  assert(timesOf(`${directory.path}/b`)[0] > 4);
  assert(timesOf(directory.path)[0] > 4);
});

Deno.test("Sink stores an entry without times that no clock holds", async () => {
  for (const seconds of ["8640000000001", "9223372036854775808"]) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(`T${seconds} 0 1 0\n`)
      .weSay("\0").peerSays("C0644 1 a\n")
      .weSay("\0").peerSays("a\0")
      .weSay("\0");
    assertEquals((await receive(peer, directory.path)).failures, [], seconds);
    assertEquals(listing(directory.path), ['a = "a"']);
  }
});

Deno.test("Sink gives a directory its times after all that came into it", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("T1000000000 0 1000000001 0\nD0755 0 d\n")
    .weSay("\0\0").peerSays("C0644 1 a\na\0")
    .weSay("\0\0").peerSays("D0755 0 sub\nE\n")
    .weSay("\0\0").peerSays("E\n")
    .weSay("\0");
  await receive(peer, directory.path);
  assertEquals(timesOf(`${directory.path}/d`)[0], 1_000_000_000);
  assert(timesOf(`${directory.path}/d/sub`)[0] > 1_000_000_001);
});

Deno.test("Sink lets only the first entry have a target that is no directory", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "an older, longer file" }]);
  const target = `${directory.path}/f`;
  const refusal = `${target}: Not a directory: no place for b`;
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 1 a\n")
    .weSay("\0").peerSays("a\0")
    .weSay("\0").peerSays("C0644 1 b\n")
    .weSay(`\x01scp: ${refusal}\n`);
  assertEquals((await receive(peer, target)).failures, [refusal]);
  assertEquals(listing(directory.path), ['f = "a"']);
});

Deno.test("Sink puts only the first of two directories into a missing target", async () => {
  using directory = new TempDirectory();
  const target = `${directory.path}/new`;
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("D0755 0 a\nC0644 1 x\nx\0E\n")
    .weSay("\0\0\0\0").peerSays("D0755 0 b\n")
    .weSay(`\x01scp: ${target}: Not a directory: no place for b\n`);
  await receive(peer, target);
  assertEquals(listing(directory.path), ["new/", 'new/x = "x"']);
});

Deno.test("Sink has one entry overwrite another in a target that may take each", async () => {
  for (const before of [[], [{ path: "f", content: "older and longer" }]]) {
    using directory = new TempDirectory();
    makeTree(directory.path, before);
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays("C0644 5 a\nfirst\0C0644 3 b\n2nd\0")
      .weSay("\0\0\0\0");
    const { entries, failures } = await receive(peer, `${directory.path}/f`, {
      overwriteTarget: true,
    });
    assertEquals([entries, failures], [2, []]);
    assertEquals(listing(directory.path), ['f = "2nd"']);
  }
});

Deno.test("Sink merges directories in a target that may take each", async () => {
  using directory = new TempDirectory();
  const target = `${directory.path}/new`;
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("D0755 0 a\nC0644 1 x\nx\0E\n")
    .weSay("\0\0\0\0").peerSays("D0700 0 b\nC0644 1 y\ny\0E\n")
    .weSay("\0\0\0\0").peerSays("C0644 1 c\n")
    .weSay(`\x01scp: ${target}: Is a directory\n`);
  const { entries } = await receive(peer, target, { overwriteTarget: true });
  assertEquals(entries, 5);
  assertEquals(
    listing(directory.path),
    ["new/", 'new/x = "x"', 'new/y = "y"'],
  );
  assertEquals(modeOf(target), keptMode(0o755), "what is there keeps its mode");
});

Deno.test("refuse() tells the source why, and throws the same", async () => {
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

/** Names that must not lead anywhere, on any system. */
const HOSTILE_NAMES: readonly string[] = [
  "",
  ".",
  "..",
  "/",
  "/tmp/seacp-evil",
  "../evil",
  "a/../evil",
  "a/evil",
  "evil/",
  "./evil",
  "..\0",
  "evil\0",
];

for (const name of HOSTILE_NAMES) {
  for (const record of ["C0644 4", "D0700 0"]) {
    const row = JSON.stringify(`${record} ${name}`);

    Deno.test(`Sink refuses ${row} and creates nothing`, async () => {
      using directory = new TempDirectory();
      makeTree(directory.path, [{ path: "in/a/", mode: 0o750 }]);
      Deno.chmodSync(`${directory.path}/in`, 0o751);
      const peer = new ScriptedPeer()
        .weSay("\0").peerSays(`${record} ${name}\n`)
        .weSay(`\x01scp: error: unexpected filename: ${name}\n`);
      assertEquals(
        await receiveBroken(peer, `${directory.path}/in`, PRESERVING_SINK),
        `error: unexpected filename: ${name}`,
      );
      assertEquals(listing(directory.path), ["in/", "in/a/"]);
      assertEquals(modeOf(`${directory.path}/in`), keptMode(0o751));
      assertEquals(modeOf(`${directory.path}/in/a`), keptMode(0o750));
    });

    Deno.test(`Sink refuses ${row} inside a directory and for a missing target`, async () => {
      using directory = new TempDirectory();
      const inside = new ScriptedPeer()
        .weSay("\0").peerSays("D0755 0 d\n")
        .weSay("\0").peerSays(`${record} ${name}\n`)
        .weSay(`\x01scp: error: unexpected filename: ${name}\n`);
      await receiveBroken(inside, directory.path);
      assertEquals(listing(directory.path), ["d/"]);
      const missing = new ScriptedPeer()
        .weSay("\0").peerSays(`${record} ${name}\n`)
        .weSay(`\x01scp: error: unexpected filename: ${name}\n`);
      await receiveBroken(missing, `${directory.path}/new`);
      assertEquals(listing(directory.path), ["d/"]);
    });
  }
}

for (
  const name of ["a\\evil", "C:evil", "evil:stream", "NUL", "con.txt", "a."]
) {
  Deno.test(`Sink passes over ${JSON.stringify(name)} on Windows, and takes the rest`, async () => {
    using directory = new TempDirectory();
    const refusal =
      `${directory.path}/${name}: Windows does not allow this name`;
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(`T1 0 1 0\nC0644 4 ${name}\n`)
      .weSay(`\0\x01scp: ${refusal}\n`).peerSays(`D0755 0 ${name}\n`)
      .weSay(`\x01scp: ${refusal}\n`).peerSays("C0644 1 b\n")
      .weSay("\0").peerSays("b\0")
      .weSay("\0");
    assertEquals(
      (await receive(peer, directory.path, { platform: "windows" })).failures,
      [refusal, refusal],
    );
    assertEquals(listing(directory.path), ['b = "b"']);
  });
}

Deno.test("Sink ends at a name that is hostile everywhere on Windows, too", async () => {
  for (const name of ["..", "a/b", ""]) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(`C0644 4 ${name}\n`)
      .weSay(`\x01scp: error: unexpected filename: ${name}\n`);
    await receiveBroken(peer, directory.path, { platform: "windows" });
    assertEquals(listing(directory.path), []);
  }
});

Deno.test("Sink stores what Windows does not allow at a target with another name", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 1 a:b\n")
    .weSay("\0").peerSays("x\0")
    .weSay("\0");
  await receive(peer, `${directory.path}/new`, { platform: "windows" });
  assertEquals(listing(directory.path), ['new = "x"']);
});

Deno.test("Sink takes names that only look hostile", async () => {
  const names = ["...", "..a", "-rf", "~", "$(evil)", "a\\b", " "];
  for (const name of names.filter(isStorable)) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(`C0644 1 ${name}\n`)
      .weSay("\0").peerSays("a\0")
      .weSay("\0");
    await receive(peer, directory.path);
    assertEquals(listing(directory.path), [`${name} = "a"`]);
  }
});

Deno.test("Sink refuses what was not asked for and creates nothing", async () => {
  const objectionTo = only("f");
  for (const record of ["C0644 1 .bashrc", "D0700 0 .ssh", "C0644 1 F"]) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(`${record}\n`)
      .weSay("\x01scp: protocol error: filename does not match request\n");
    assertEquals(
      await receiveBroken(peer, directory.path, { objectionTo }),
      "protocol error: filename does not match request: " +
        `${record.split(" ").at(-1)} for f`,
      record,
    );
    assertEquals(listing(directory.path), [], record);
  }
});

Deno.test("Sink refuses what was not asked for after what was", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("D0755 0 f\nC0644 1 x\nx\0E\n")
    .weSay("\0\0\0\0").peerSays("C0644 1 x\n")
    .weSay("\x01scp: protocol error: filename does not match request\n");
  await receiveBroken(peer, directory.path, { objectionTo: only("f") });
  assertEquals(listing(directory.path), ["f/", 'f/x = "x"']);
});

Deno.test("Sink takes a name that was asked for twice", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 3 f\none\0C0644 1 f\n2\0")
    .weSay("\0\0\0\0");
  await receive(peer, directory.path, { objectionTo: only("f") });
  assertEquals(listing(directory.path), ['f = "2"']);
});

Deno.test(
  "Sink warns of a name that may hold an encoded newline, if it is told to",
  {
    ignore: onWindows, // No name there holds a backslash.
  },
  async () => {
    for (const warnsOfEncoded of [true, false]) {
      using directory = new TempDirectory();
      const peer = new ScriptedPeer().weSay("\0").peerSays("C0644 0 a\\^Jb\n")
        .weSay("\0").peerSays("\0").weSay("\0");
      const observer = new RecordingObserver();
      const options = { ...CLIENT_SINK, warnsOfEncoded };
      const sink = new Sink(peer, new LocalFileSystem(), options, observer);
      await sink.receive(directory.path);
      peer.assertDone();
      assertEquals(listing(directory.path), ['a\\^Jb = ""']);
      assertEquals(observer.warnings.length, warnsOfEncoded ? 1 : 0);
    }
  },
);

Deno.test("Sink refuses a directory if it is not recursive, after its name", async () => {
  for (
    const [name, refusal, detail] of [
      ["d", "protocol error: received directory without -r", ""],
      ["..", "error: unexpected filename: ..", ""],
      ["x", "protocol error: filename does not match request", ": x for d"],
    ] as const
  ) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(`D0755 0 ${name}\n`)
      .weSay(`\x01scp: ${refusal}\n`);
    assertEquals(
      await receiveBroken(peer, directory.path, {
        recursive: false,
        objectionTo: only("d"),
      }),
      refusal + detail,
    );
    assertEquals(listing(directory.path), []);
  }
});

/** What breaks the protocol, the one answer to it, and what is said of it. */
const VIOLATIONS: readonly (readonly [string, string, string])[] = [
  ...[
    ["\n", "unexpected <newline>"],
    ["C644 3 a\n", "bad mode"],
    ["C0644 9223372036854775808 a\n", "size out of range"],
    ["T1 0 1\n", "atime.sec not delimited"],
  ].map(([words, why]) =>
    [
      words!,
      `protocol error: ${why}`,
      `protocol error: ${why}: the remote said "${words!.trimEnd()}"`,
    ] as const
  ),
  ...["Welcome to far", "sh: scp: not found", "\x03"].map((words) =>
    [
      `${words}\n`,
      words,
      `the remote said "${words}" instead of a record`,
    ] as const
  ),
];

for (const [words, answer, said] of VIOLATIONS) {
  Deno.test(`Sink answers ${JSON.stringify(words)} once and ends`, async () => {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(words)
      .weSay(`\x01scp: ${answer}\n`);
    assertEquals(await receiveBroken(peer, directory.path), said);
    assertEquals(listing(directory.path), []);
  });
}

Deno.test("Sink throws a SessionError where the stream ends in a record, and says so", async () => {
  for (const words of ["C0644 3", "T1 0 1 0", "\x01oo", "\x02oo", "Welcome"]) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(words).peerEnds()
      .weSay("\x01scp: protocol error: lost connection\n");
    await assertRejects(
      () => receive(peer, directory.path),
      SessionError,
      `lost connection in the middle of "${words}"`,
    );
    peer.assertDone();
    assertEquals(listing(directory.path), []);
  }
});

Deno.test("Sink answers a line that is no record with its words only at the start of a directory", async () => {
  const expected = "protocol error: expected control record";
  for (
    const [before, answers, refusal] of [
      ["D0755 0 d\n", "\0", "Welcome"],
      ["C0644 0 a\n\0", "\0\0", expected],
      ["T1 0 1 0\n", "\0", expected],
      ["D0755 0 d\nE\n", "\0\0", expected],
      ["\x01oops\n", "", expected],
    ] as const
  ) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(`${before}Welcome\n`)
      .weSay(`${answers}\x01scp: ${refusal}\n`);
    assertEquals(
      await receiveBroken(peer, directory.path),
      'the remote said "Welcome" instead of a record',
      before,
    );
  }
});

/** What comes, our answers, and the class of the error it ends with. */
const BREACHES: readonly (readonly [
  words: string,
  answers: string,
  name: "UnexpectedOutputError" | "ProtocolError" | "RefusalError",
])[] = [
  ...VIOLATIONS.map(([words, answer]) =>
    [words, `\x01scp: ${answer}\n`, "UnexpectedOutputError"] as const
  ),
  [
    "C0644 1 other\n",
    "\x01scp: protocol error: filename does not match request\n",
    "ProtocolError",
  ],
  [
    "C0644 1 other\nC",
    "\x01scp: protocol error: filename does not match request\n",
    "UnexpectedOutputError",
  ],
  [
    "C0644 1 ..\n",
    "\x01scp: error: unexpected filename: ..\n",
    "ProtocolError",
  ],
  [
    "T1 0 1 0\nWelcome\n",
    "\0\x01scp: protocol error: expected control record\n",
    "UnexpectedOutputError",
  ],
  ["C0644 1 f\naWelcome\n", "\0", "UnexpectedOutputError"],
  ["C0644 1 f\na\x02bye\n", "\0", "RefusalError"],
  ["\x02bye\n", "", "RefusalError"],
  [
    "\x01oops\nWelcome\n",
    "\x01scp: protocol error: expected control record\n",
    "ProtocolError",
  ],
  ["D0755 0 f\nWelcome\n", "\0\x01scp: Welcome\n", "ProtocolError"],
  ["D0755 0 f\nC0644 1 x\naWelcome\n", "\0\0", "ProtocolError"],
  [
    "C0644 1 f\na\0C0644 1 other\n",
    "\0\0\x01scp: protocol error: filename does not match request\n",
    "ProtocolError",
  ],
  [
    "C0644 1 f\na\0Welcome\n",
    "\0\0\x01scp: protocol error: expected control record\n",
    "ProtocolError",
  ],
  [
    "C0644 1 f\na\x01scp: f: Input/output error\n\n",
    "\0\0\x01scp: protocol error: unexpected <newline>\n",
    "ProtocolError",
  ],
];

for (const [words, answers, name] of BREACHES) {
  Deno.test(`Sink throws a ${name} at the end of ${JSON.stringify(words)}`, async () => {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(words)
      .weSay(answers);
    const error = await breakOff(peer, directory.path, {
      objectionTo: only("f"),
    });
    assertEquals(error.name, name);
  });
}

Deno.test("Sink throws a UnexpectedOutputError after an entry that was refused", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "isdir/" }]);
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 3 isdir\nabc\n")
    .weSay(`\x01scp: ${directory.path}/isdir: Is a directory\n`)
    .weSay("\x01scp: protocol error: expected control record\n");
  const error = await breakOff(peer, directory.path);
  assertEquals(error.name, "UnexpectedOutputError");
});

Deno.test("Sink quotes the beginning of a line that is long", async () => {
  using directory = new TempDirectory();
  const line = "Welcome ".repeat(50).trimEnd();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays(`${line}\n`)
    .weSay(`\x01scp: ${line}\n`);
  assertEquals(
    await receiveBroken(peer, directory.path),
    `the remote said "${line.slice(0, 240)}…" instead of a record`,
  );
});

Deno.test("Sink takes messages of any length, and what comes after them", async () => {
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

Deno.test("Sink refuses a name that makes a line longer than 2047 bytes, and goes on", async () => {
  using directory = new TempDirectory();
  const name = "a".repeat(5000);
  const answer = `\x01scp: ${directory.path}/${name}`.slice(0, 2046) + "\n";
  const peer = new ScriptedPeer(100)
    .weSay("\0").peerSays(`C0644 1 ${name}\n`)
    .weSay(answer).peerSays("C0644 1 b\n")
    .weSay("\0").peerSays("b\0")
    .weSay("\0");
  assertEquals((await receive(peer, directory.path)).failures, [
    `${directory.path}/${name}: ${NAME_TOO_LONG}`,
  ]);
  assertEquals(listing(directory.path), ['b = "b"']);
});

Deno.test("Sink refuses a line of more than 64 KiB, and creates nothing", async () => {
  using directory = new TempDirectory();
  const refusal = "protocol error: line longer than 65536 bytes";
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 1 " + "a".repeat(65528))
    .weSay(`\x01scp: ${refusal}\n`);
  assertEquals(await receiveBroken(peer, directory.path), refusal);
  assertEquals(listing(directory.path), []);
});

Deno.test("Sink refuses a name the disk finds too long, and stays in step", async () => {
  using directory = new TempDirectory();
  const name = "a".repeat(300);
  const refusal = `${directory.path}/${name}: ${NAME_TOO_LONG}`;
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays(`C0644 1 ${name}\n`)
    .weSay(`\x01scp: ${refusal}\n`).peerSays(`D0755 0 ${name}\n`)
    .weSay(`\x01scp: ${refusal}\n`).peerSays("C0644 1 b\n")
    .weSay("\0").peerSays("b\0")
    .weSay("\0");
  assertEquals((await receive(peer, directory.path)).failures, [
    refusal,
    refusal,
  ]);
  assertEquals(listing(directory.path), ['b = "b"']);
});

/** What comes, and the mode it gets under the umask 022. */
const MODES: readonly (readonly [string, Partial<SinkOptions>, number])[] = [
  ["C4755", {}, 0o755],
  ["C6777", {}, 0o755],
  ["C0444", {}, 0o444],
  ["C0000", {}, 0],
  ["D2777", {}, 0o755],
  ["D0555", {}, 0o555],
  ["D0000", {}, 0],
  ...(["C4755", "C6755", "D2755"] as const).map((record) =>
    [
      record,
      { store: { preserve: false, umask: 0o022, modeBits: 0o6777 } },
      0o755,
    ] as const
  ),
  ["C0777", PRESERVING_SINK, 0o777],
  ["C4755", PRESERVING_SINK, 0o755],
  ["C0444", PRESERVING_SINK, 0o444],
  ["D2777", PRESERVING_SINK, 0o777],
  ["D0555", PRESERVING_SINK, 0o555],
  [
    "D0777",
    { store: { preserve: false, umask: 0o077, modeBits: 0o777 } },
    0o700,
  ],
  [
    "D2775",
    { store: { preserve: true, umask: 0o022, modeBits: 0o6777 } },
    0o2775,
  ],
];

for (const [record, options, mode] of MODES) {
  const row = `${record} under ${JSON.stringify(options.store ?? "umask 022")}`;

  Deno.test({
    name: `Sink makes a new entry with the mode taken: ${row}`,
    ignore: onWindows, // No entry there has one.
    fn: async () => {
      using directory = new TempDirectory();
      const peer = new ScriptedPeer().weSay("\0");
      if (record.startsWith("C")) {
        peer.peerSays(`${record} 1 new\nx\0`).weSay("\0\0");
      } else {
        peer.peerSays(`${record} 0 new\nC0644 0 f\n\0E\n`).weSay("\0\0\0\0");
      }
      const umask = Deno.umask(options.store?.umask ?? 0o022);
      try {
        await receive(peer, directory.path, options);
      } finally {
        Deno.umask(umask);
      }
      assertEquals(
        modeOf(`${directory.path}/new`).toString(8),
        mode.toString(8),
      );
    },
  });
}

Deno.test("Sink keeps the mode of what is there unless modes are preserved", async () => {
  for (
    const [options, file, sub] of [
      [{}, 0o604, 0o705],
      [PRESERVING_SINK, 0o640, 0o750],
    ] as const
  ) {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      { path: "f", content: "an older, longer file", mode: 0o604 },
      { path: "d/", mode: 0o705 },
    ]);
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays("C0640 1 f\nx\0D0750 0 d\nE\n")
      .weSay("\0\0\0\0");
    await receive(peer, directory.path, options);
    assertEquals(listing(directory.path), ["d/", 'f = "x"']);
    assertEquals(modeOf(`${directory.path}/f`), keptMode(file));
    assertEquals(modeOf(`${directory.path}/d`), keptMode(sub));
  }
});

linkTest("Sink writes through links that are there, as scp does", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "real/f", content: "old" }]);
  Deno.symlinkSync("real", `${directory.path}/d`);
  Deno.symlinkSync("real/f", `${directory.path}/f`);
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("D0755 0 d\nC0644 1 g\nx\0E\nC0644 1 f\ny\0")
    .weSay("\0\0\0\0\0\0");
  await receive(peer, directory.path);
  assertEquals(
    listing(directory.path),
    ["d -> real", "f -> real/f", "real/", 'real/f = "y"', 'real/g = "x"'],
  );
});

Deno.test("Sink answers once for a directory it cannot finish, and goes on", async () => {
  using directory = new TempDirectory();
  class NoTimes extends LocalFileSystem {
    override async setTimes(path: string): Promise<void> {
      throw new EntryError(`${path}: set times: Operation not permitted`);
    }
  }
  const refusal = `${directory.path}/d: set times: Operation not permitted`;
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("T1 0 1 0\nD0755 0 d\nE\n")
    .weSay(`\0\0\x01scp: ${refusal}\n`).peerSays("C0644 1 a\na\0")
    .weSay("\0\0");
  assertEquals(
    (await receive(peer, directory.path, { files: new NoTimes() })).failures,
    [refusal],
  );
  assertEquals(listing(directory.path), ['a = "a"', "d/"]);
});

Deno.test("Sink keeps all that was there whatever is wrong with a refused entry", async () => {
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
