/** Modes and times that a sink sets. */

import { assert, assertEquals } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import type { SinkOptions } from "../../../lib/scp/sink.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { keptMode, onWindows } from "../../support/platform.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { modeOf, receive, timesOf } from "../../support/scp/scripted_sink.ts";
import { PRESERVING_SINK } from "../../support/scp/sink_options.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

Deno.test("Sink: gives a file the times that come, without -p too", async () => {
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

Deno.test("Sink: gives the times of a refused entry to no other", async () => {
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

Deno.test("Sink: gives times to the one entry they came before", async () => {
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

Deno.test("Sink: stores an entry without times that no clock holds", async () => {
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

Deno.test("Sink: gives a directory its times after all that came into it", async () => {
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

/** Records, and the modes on disk under the umask 022. */
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
    name: `Sink: makes a new entry with the mode taken: ${row}`,
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

Deno.test("Sink: keeps the mode of what is there unless modes are preserved", async () => {
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

Deno.test("Sink: replies once for a directory that it cannot finish, and goes on", async () => {
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
