/** Sources that share an upload: each sends units, in its own private directory. */

import { assertEquals, assertRejects } from "@std/assert";
import { SessionError } from "../../../lib/errors.ts";
import { PreparedLayout } from "../../../lib/scp/prepared_layout.ts";
import { Source } from "../../../lib/scp/source.ts";
import { surveyTree } from "../../../lib/scp/tree_survey.ts";
import { isWhole, unitsOfPlan } from "../../../lib/scp/upload_units.ts";
import { SortedFileSystem } from "../../support/file_systems/sorted_file_system.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";

/** A tree `d` with a directory in it, and the tools to send it by units. */
async function prepare(directory: TempDirectory) {
  makeTree(directory.path, [
    { path: "d/f", content: "f", mode: 0o644 },
    { path: "d/e/g", content: "g", mode: 0o644 },
    { path: "d/e/h", content: "h", mode: 0o644 },
    { path: "d/e/", mode: 0o755 },
    { path: "d/", mode: 0o755 },
  ]);
  const files = new SortedFileSystem();
  const { directories } = await surveyTree(files, `${directory.path}/d`, {
    name: "d",
    modeBits: 0o777,
  });
  const units = unitsOfPlan(directories);
  const observer = new RecordingObserver();
  const sourceFor = (peer: ScriptedPeer) => {
    const source = new Source(peer, files, {
      recursive: true,
      preserve: false,
      dotPaths: "content",
      lockstep: false,
      units: new Set(directories.map(({ source }) => source)),
    }, observer);
    source.speculateBy(
      () => Promise.reject(new SessionError("reconnected")),
      new PreparedLayout(directories, { key: "key", target: "target/d" }),
    );
    return source;
  };
  return { units, observer, sourceFor };
}

Deno.test("Source.sendUnit(): sends one directory without those that are units too", async () => {
  using directory = new TempDirectory();
  const { units: [outer, inner], observer, sourceFor } = await prepare(
    directory,
  );
  const first = new ScriptedPeer()
    .weSay("D0700 0 0\nD0755 0 b\nC0644 1 f\nf\0E\nE\n").peerSays(
      "\0\0\0\0\0\0\0",
    );
  const source = sourceFor(first);
  await source.sendUnit(outer!);
  assertEquals(isWhole(outer!), false);
  await source.end();
  first.assertDone();
  const second = new ScriptedPeer()
    .weSay("D0700 0 1\nD0755 0 e\nC0644 1 g\ng\0C0644 1 h\nh\0E\nE\n").peerSays(
      "\0\0\0\0\0\0\0\0\0",
    );
  const other = sourceFor(second);
  await other.sendUnit(inner!);
  await other.end();
  second.assertDone();
  assertEquals([isWhole(outer!), isWhole(inner!)], [true, true]);
  assertEquals(observer.failures, []);
});

Deno.test("Source.sendUnit(): leaves out what the sink of a lost source has acknowledged", async () => {
  using directory = new TempDirectory();
  const { units: [, inner], sourceFor } = await prepare(directory);
  // It is ready, and takes two directories and the first file.
  const lost = new ScriptedPeer()
    .weSay("D0700 0 1\nD0755 0 e\nC0644 1 g\ng\0C0644 1 h\nh\0E\nE\n").peerSays(
      "\0\0\0\0\0",
    );
  const source = sourceFor(lost);
  await source.sendUnit(inner!);
  await assertRejects(() => source.end(), SessionError);
  assertEquals(isWhole(inner!), false);
  const peer = new ScriptedPeer()
    .weSay("D0700 0 1\nD0755 0 e\nC0644 1 h\nh\0E\nE\n").peerSays(
      "\0\0\0\0\0\0\0",
    );
  const other = sourceFor(peer);
  await other.sendUnit(inner!);
  await other.end();
  peer.assertDone();
  assertEquals(isWhole(inner!), true);
});

Deno.test("Source.sendUnit(): a directory that another sink has left once is not whole before its files are", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/f", content: "f", mode: 0o644 },
    { path: "d/", mode: 0o755 },
  ]);
  // So long a body waits for the replies to its directory.
  Deno.truncateSync(`${directory.path}/d/f`, 4_194_305);
  for (const path of ["d/f", "d"]) {
    // A disk notes no access before a time to come.
    Deno.utimeSync(`${directory.path}/${path}`, 2_000_000_000, 1);
  }
  const files = new SortedFileSystem();
  const { directories } = await surveyTree(files, `${directory.path}/d`, {
    name: "d",
    modeBits: 0o777,
  });
  const [unit] = unitsOfPlan(directories);
  const T = "T1 0 2000000000 0\n";
  // It ends before it was ready.
  const lost = new ScriptedPeer().weSay(`D0700 0 0\n${T}D0755 0 b\n`);
  const next = new ScriptedPeer()
    .peerSays("\0").weSay(`${T}D0755 0 d\n`)
    .peerSays("\0\0").weSay(`E\n${T}D0755 0 d\n`)
    .peerSays("\0\0\0").weSay(`${T}C0644 4194305 f\n`)
    .peerEnds();
  const source = new Source(lost, files, {
    recursive: true,
    preserve: true,
    dotPaths: "content",
    lockstep: false,
  }, new RecordingObserver());
  source.speculateBy(
    async () => ({ channel: next, outermost: "d" }),
    new PreparedLayout(directories, { key: "key", target: "target/d" }),
  );
  await assertRejects(() => source.sendUnit(unit!), SessionError);
  next.assertDone();
  assertEquals(isWhole(unit!), false);
});

Deno.test("Source.sendUnit(): reports a directory that is none any more", async () => {
  using directory = new TempDirectory();
  const { units: [outer, inner], observer, sourceFor } = await prepare(
    directory,
  );
  Deno.removeSync(inner!.path, { recursive: true });
  Deno.writeTextFileSync(inner!.path, "a file now");
  const peer = new ScriptedPeer()
    .weSay(`\x01scp: ${inner!.path}: Not a directory\n`)
    .weSay("D0700 0 0\nD0755 0 b\nC0644 1 f\nf\0E\nE\n").peerSays(
      "\0\0\0\0\0\0\0",
    );
  const source = sourceFor(peer);
  await source.sendUnit(inner!);
  await source.sendUnit(outer!);
  await source.end();
  peer.assertDone();
  assertEquals(observer.failures, [`${inner!.path}: Not a directory`]);
});
