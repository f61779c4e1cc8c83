/** Sources that send to a sink in a private directory of links. */

import { assertEquals, assertRejects } from "@std/assert";
import { RefusalError, SessionError } from "../../../lib/errors.ts";
import { PreparedLayout } from "../../../lib/scp/prepared_layout.ts";
import { Source } from "../../../lib/scp/source.ts";
import { surveyTree } from "../../../lib/scp/tree_survey.ts";
import { SortedFileSystem } from "../../support/file_systems/sorted_file_system.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";

const KEY = "seacp-key";

Deno.test("Source: reports a body that could not be stored by its path in the target", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/f", content: "f", mode: 0o644 },
    { path: "d/e/g", content: "g", mode: 0o644 },
    { path: "d/e/", mode: 0o755 },
    { path: "d/", mode: 0o755 },
  ]);
  const path = `${directory.path}/d`;
  const files = new SortedFileSystem();
  const { directories } = await surveyTree(files, path, {
    name: "d",
    modeBits: 0o777,
  });
  const full = (path: string) =>
    `\x01scp: /tmp/${KEY}/${path}: No space left on device\n`;
  const peer = new ScriptedPeer()
    .weSay("D0700 0 0\nD0755 0 b\nC0644 1 f\nf\0E\nE\n")
    .weSay("D0700 0 1\nD0755 0 e\nC0644 1 g\ng\0E\nE\n")
    .peerSays(`\0\0\0\0${full("0/b/f")}\0\0`)
    .peerSays(`\0\0\0${full("1/e/g")}\0\0`);
  const observer = new RecordingObserver();
  const source = new Source(peer, files, {
    recursive: true,
    preserve: false,
    dotPaths: "content",
    lockstep: false,
  }, observer);
  source.speculateBy(
    () => Promise.reject(new SessionError("reconnected")),
    new PreparedLayout(directories, { key: KEY, target: "target/d" }),
  );
  await source.send(path);
  await source.end();
  peer.assertDone();
  assertEquals(observer.failures, [
    "scp: target/d/f: No space left on device",
    "scp: target/d/e/g: No space left on device",
  ]);
});

Deno.test("Source: where the target is missing, gives the words of the second sink as they are", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/f", content: "f", mode: 0o644 },
    { path: "d/", mode: 0o755 },
  ]);
  const files = new SortedFileSystem();
  const path = `${directory.path}/d`;
  const { directories } = await surveyTree(files, path, {
    name: "d",
    modeBits: 0o777,
  });
  const refusal = "scp: no/: No such file or directory";
  const observer = new RecordingObserver();
  const gone = new ScriptedPeer()
    .weSay("D0700 0 0\nD0755 0 b\nC0644 1 f\nf\0E\nE\n")
    .peerSays("\0\0\x01scp: /tmp/0/b: No such file or directory\n");
  const source = new Source(gone, files, {
    recursive: true,
    preserve: false,
    dotPaths: "content",
    lockstep: false,
  }, observer);
  const channel = new ScriptedPeer().peerSays(`\x01${refusal}\n`);
  source.speculateBy(
    () => Promise.resolve({ channel }),
    new PreparedLayout(directories, { key: KEY, target: "no/d" }),
  );
  const error = await assertRejects(async () => {
    await source.send(path);
    await source.end();
  }, RefusalError);
  assertEquals(error.message, refusal);
});
