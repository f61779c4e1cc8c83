/** Names that the target takes for one, and directories that are in themselves. */

import { assertEquals } from "@std/assert";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { Sink } from "../../../lib/scp/sink.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { ScriptedSource } from "../../support/scp/scripted_source.ts";
import { CLIENT_SINK } from "../../support/scp/sink_options.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

/** A disk that takes names for one that differ by case alone. */
class CaseBlindFiles extends LocalFileSystem {
  #real(path: string): string {
    const at = path.lastIndexOf("/") + 1;
    const directory = path.slice(0, at);
    const name = path.slice(at);
    const found = [...Deno.readDirSync(directory)].find((entry) =>
      entry.name.toLowerCase() === name.toLowerCase()
    );
    return directory + (found?.name ?? name);
  }

  override find(path: string) {
    return super.find(this.#real(path));
  }

  override async create(path: string, mode: number) {
    return await super.create!(this.#real(path), mode);
  }

  override openToWrite(path: string, mode: number) {
    return super.openToWrite(this.#real(path), mode);
  }

  override mkdir(path: string, mode: number) {
    return super.mkdir(this.#real(path), mode);
  }
}

async function receive(
  peer: ScriptedPeer,
  target: string,
  files: LocalFileSystem,
): Promise<readonly string[]> {
  const observer = new RecordingObserver();
  await new Sink(peer, files, CLIENT_SINK, observer).receive(target);
  peer.assertDone();
  return observer.failures.map((text) => text.replace(target, ""));
}

const TAKEN = "not copied: the target takes its name for that of another " +
  "entry, which was copied before";

Deno.test("Sink: refuses the second of two names that the disk takes for one", async () => {
  using directory = new TempDirectory();
  const at = directory.path;
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 1 README\n")
    .weSay("\0").peerSays("1\0")
    .weSay("\0").peerSays("C0644 1 readme\n")
    .weSay(`\x01scp: ${at}/readme: ${TAKEN}\n`).peerSays("D0755 0 d\n")
    .weSay("\0").peerSays("E\n")
    .weSay("\0").peerSays("D0755 0 D\n")
    .weSay(`\x01scp: ${at}/D: ${TAKEN}\n`).peerSays("C0644 1 other\n")
    .weSay("\0").peerSays("o\0")
    .weSay("\0");
  assertEquals(await receive(peer, at, new CaseBlindFiles()), [
    `/readme: ${TAKEN}`,
    `/D: ${TAKEN}`,
  ]);
  assertEquals(listing(at), ['README = "1"', "d/", 'other = "o"']);
});

Deno.test(
  "Sink: stores two names that differ by case on a disk that tells them apart",
  {
    ignore: Deno.build.os !== "linux", // No other system's usual disk does.
  },
  async () => {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays("C0644 1 README\n")
      .weSay("\0").peerSays("1\0")
      .weSay("\0").peerSays("C0644 1 readme\n")
      .weSay("\0").peerSays("2\0")
      .weSay("\0");
    assertEquals(
      await receive(peer, directory.path, new LocalFileSystem()),
      [],
    );
    assertEquals(listing(directory.path), ['README = "1"', 'readme = "2"']);
  },
);

Deno.test("Source: sends no directory that its own copy makes inside itself", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/a/x", content: "x", mode: 0o644 }]);
  const path = `${directory.path}/d`;
  for (const name of ["d", "new"]) {
    const failure = `${path}/z/${name}: cannot copy a directory into itself`;
    const peer = new ScriptedPeer()
      .peerSays("\0").weSay("D0755 0 d\n")
      .peerSays("\0").weSay("D0755 0 a\n")
      .peerSays("\0").weSay("C0644 1 x\n")
      .peerSays("\0").weSay("x\0E\nD0755 0 z\n")
      .peerSays("\0\0").peerSays("\0").weSay(`\x01scp: ${failure}\nE\nE\n`)
      .peerSays("\0\0");
    const source = new ScriptedSource(peer, { targetName: "new" });
    Deno.mkdirSync(`${path}/z/${name}`, { recursive: true });
    await source.send(path);
    peer.assertDone();
    assertEquals(source.observer.failures, [failure]);
    Deno.removeSync(`${path}/z`, { recursive: true });
  }
});
