/** Files that a source need not send, since they are there. */

import { assertEquals } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { Source } from "../../../lib/scp/source.ts";
import { SortedFileSystem } from "../../support/file_systems/sorted_file_system.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";

Deno.test("Source: sends the files of a tree that are not left out, and its directories", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/a", content: "a", mode: 0o644 },
    { path: "d/b", content: "b", mode: 0o644 },
    { path: "d/c", content: "c", mode: 0o644 },
    { path: "d/", mode: 0o755 },
  ]);
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("D0755 0 d\n")
    .peerSays("\0").weSay("C0644 1 b\n")
    .peerSays("\0").weSay("b\0\x01scp: it is gone\nE\n")
    .peerSays("\0\0");
  const asked: string[] = [];
  const observer = new RecordingObserver();
  const source = new Source(peer, new SortedFileSystem(), {
    recursive: true,
    preserve: false,
    dotPaths: "content",
    lockstep: false,
    leavesOut: async (path) => {
      asked.push(path.slice(directory.path.length + 1));
      if (path.endsWith("c")) throw new EntryError("it is gone");
      return path.endsWith("a");
    },
  }, observer);
  await source.begin();
  await source.send(`${directory.path}/d`);
  await source.end();
  peer.assertDone();
  assertEquals(asked, ["d/a", "d/b", "d/c"]);
  assertEquals(observer.failures, ["it is gone"]);
});

Deno.test("Source: sends nothing of a file that is left out", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "f", mode: 0o644 }]);
  const peer = new ScriptedPeer().peerSays("\0");
  const source = new Source(peer, new SortedFileSystem(), {
    recursive: false,
    preserve: true,
    dotPaths: "content",
    lockstep: false,
    leavesOut: async () => true,
  }, new RecordingObserver());
  await source.begin();
  await source.send(`${directory.path}/f`);
  await source.end();
  peer.assertDone();
});
