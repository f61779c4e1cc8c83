/** Targets of a sink: missing ones, directories, files and links. */

import { assertEquals } from "@std/assert";
import { listing } from "../../support/fixtures/listing.ts";
import { keptMode, linkTest } from "../../support/platform.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { messageOf, modeOf, receive } from "../../support/scp/scripted_sink.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

Deno.test("Sink: refuses a target that has to be a directory before it is ready", async () => {
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
      await messageOf(peer, target, { targetIsDirectory: true }),
      `${target}: ${refusal}`,
    );
  }
  assertEquals(listing(directory.path), ['f = "old"']);
});

Deno.test("Sink: refuses a file below a directory that is not there", async () => {
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
  name: "Sink: refuses a file for a missing target that ends in a slash",
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

Deno.test("Sink: refuses a file where a directory was asked for, and takes the one that comes", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "to/" }]);
  const refusal = "far: a/: Not a directory";
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 1 a\n")
    .weSay(`\x01scp: ${refusal}\n`).peerSays("D0755 0 d\n")
    .weSay("\0").peerSays("C0644 1 b\n")
    .weSay("\0").peerSays("b\0")
    .weSay("\0").peerSays("E\n")
    .weSay("\0");
  const { failures } = await receive(peer, `${directory.path}/to`, {
    directory: "far: a/",
  });
  assertEquals(failures, [refusal]);
  assertEquals(listing(directory.path), ["to/", "to/d/", 'to/d/b = "b"']);
});

Deno.test("Sink: makes a missing target of a directory that comes", async () => {
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

Deno.test("Sink: lets only the first entry have a target that is no directory", async () => {
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

Deno.test("Sink: puts only the first of two directories into a missing target", async () => {
  using directory = new TempDirectory();
  const target = `${directory.path}/new`;
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("D0755 0 a\nC0644 1 x\nx\0E\n")
    .weSay("\0\0\0\0").peerSays("D0755 0 b\n")
    .weSay(`\x01scp: ${target}: Not a directory: no place for b\n`);
  await receive(peer, target);
  assertEquals(listing(directory.path), ["new/", 'new/x = "x"']);
});

Deno.test("Sink: has one entry overwrite another in a target that may take each", async () => {
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

Deno.test("Sink: merges directories in a target that may take each", async () => {
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

linkTest("Sink: writes through links that are there, as scp does", async () => {
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
