/** Names that a sink refuses, and names that it takes. */

import { assertEquals } from "@std/assert";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { Sink } from "../../../lib/scp/sink.ts";
import { listing } from "../../support/fixtures/listing.ts";
import {
  isStorable,
  keptMode,
  NAME_TOO_LONG,
  onWindows,
} from "../../support/platform.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import {
  messageOf,
  modeOf,
  only,
  receive,
} from "../../support/scp/scripted_sink.ts";
import {
  CLIENT_SINK,
  PRESERVING_SINK,
} from "../../support/scp/sink_options.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

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

    Deno.test(`Sink: refuses ${row} and creates nothing`, async () => {
      using directory = new TempDirectory();
      makeTree(directory.path, [{ path: "in/a/", mode: 0o750 }]);
      Deno.chmodSync(`${directory.path}/in`, 0o751);
      const peer = new ScriptedPeer()
        .weSay("\0").peerSays(`${record} ${name}\n`)
        .weSay(`\x01scp: error: unexpected filename: ${name}\n`);
      assertEquals(
        await messageOf(peer, `${directory.path}/in`, PRESERVING_SINK),
        `error: unexpected filename: ${name}`,
      );
      assertEquals(listing(directory.path), ["in/", "in/a/"]);
      assertEquals(modeOf(`${directory.path}/in`), keptMode(0o751));
      assertEquals(modeOf(`${directory.path}/in/a`), keptMode(0o750));
    });

    Deno.test(`Sink: refuses ${row} inside a directory and for a missing target`, async () => {
      using directory = new TempDirectory();
      const inside = new ScriptedPeer()
        .weSay("\0").peerSays("D0755 0 d\n")
        .weSay("\0").peerSays(`${record} ${name}\n`)
        .weSay(`\x01scp: error: unexpected filename: ${name}\n`);
      await messageOf(inside, directory.path);
      assertEquals(listing(directory.path), ["d/"]);
      const missing = new ScriptedPeer()
        .weSay("\0").peerSays(`${record} ${name}\n`)
        .weSay(`\x01scp: error: unexpected filename: ${name}\n`);
      await messageOf(missing, `${directory.path}/new`);
      assertEquals(listing(directory.path), ["d/"]);
    });
  }
}

for (
  const name of ["a\\evil", "C:evil", "evil:stream", "NUL", "con.txt", "a."]
) {
  Deno.test(`Sink: refuses ${JSON.stringify(name)} on Windows, and takes the rest`, async () => {
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

Deno.test("Sink: ends at a name that is hostile everywhere on Windows, too", async () => {
  for (const name of ["..", "a/b", ""]) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(`C0644 4 ${name}\n`)
      .weSay(`\x01scp: error: unexpected filename: ${name}\n`);
    await messageOf(peer, directory.path, { platform: "windows" });
    assertEquals(listing(directory.path), []);
  }
});

Deno.test("Sink: stores a name that Windows does not allow at a target with another name", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 1 a:b\n")
    .weSay("\0").peerSays("x\0")
    .weSay("\0");
  await receive(peer, `${directory.path}/new`, { platform: "windows" });
  assertEquals(listing(directory.path), ['new = "x"']);
});

Deno.test("Sink: takes names that only look hostile", async () => {
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

Deno.test("Sink: refuses a name that was not asked for, and creates nothing", async () => {
  const objectionTo = only("f");
  for (const record of ["C0644 1 .bashrc", "D0700 0 .ssh", "C0644 1 F"]) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(`${record}\n`)
      .weSay("\x01scp: protocol error: filename does not match request\n");
    assertEquals(
      await messageOf(peer, directory.path, { objectionTo }),
      "protocol error: filename does not match request: " +
        `${record.split(" ").at(-1)} for f`,
      record,
    );
    assertEquals(listing(directory.path), [], record);
  }
});

Deno.test("Sink: refuses a name that was not asked for after one that was", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("D0755 0 f\nC0644 1 x\nx\0E\n")
    .weSay("\0\0\0\0").peerSays("C0644 1 x\n")
    .weSay("\x01scp: protocol error: filename does not match request\n");
  await messageOf(peer, directory.path, { objectionTo: only("f") });
  assertEquals(listing(directory.path), ["f/", 'f/x = "x"']);
});

Deno.test("Sink: takes a name that was asked for twice", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 3 f\none\0C0644 1 f\n2\0")
    .weSay("\0\0\0\0");
  await receive(peer, directory.path, { objectionTo: only("f") });
  assertEquals(listing(directory.path), ['f = "2"']);
});

Deno.test(
  "Sink: warns of a name that may hold an encoded newline, if it is told to",
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

Deno.test("Sink: refuses a directory if it is not recursive, after its name", async () => {
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
      await messageOf(peer, directory.path, {
        recursive: false,
        objectionTo: only("d"),
      }),
      refusal + detail,
    );
    assertEquals(listing(directory.path), []);
  }
});

Deno.test("Sink: refuses a name that makes a line longer than 2047 bytes, and goes on", async () => {
  using directory = new TempDirectory();
  const name = "a".repeat(5000);
  const reply = `\x01scp: ${directory.path}/${name}`.slice(0, 2046) + "\n";
  const peer = new ScriptedPeer(100)
    .weSay("\0").peerSays(`C0644 1 ${name}\n`)
    .weSay(reply).peerSays("C0644 1 b\n")
    .weSay("\0").peerSays("b\0")
    .weSay("\0");
  assertEquals((await receive(peer, directory.path)).failures, [
    `${directory.path}/${name}: ${NAME_TOO_LONG}`,
  ]);
  assertEquals(listing(directory.path), ['b = "b"']);
});

Deno.test("Sink: refuses a name the disk finds too long, and stays in step", async () => {
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
