/** Files whose size is not their length: those of /proc and /sys. */

import { assertEquals } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { MAX_UNTOLD_BYTES } from "../../../lib/scp/small_bodies.ts";
import type { OpenFile } from "../../../lib/filesystem/file_system.ts";
import { FaultyFileSystem } from "../../support/file_systems/faulty_file_system.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { ScriptedSource } from "../../support/scp/scripted_source.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

/** Files that say to be of one length and are of another. */
async function filesThatSay(
  path: string,
  size: number,
  faults: Partial<OpenFile> = {},
): Promise<FaultyFileSystem> {
  const attributes = await new LocalFileSystem().stat(path);
  return new FaultyFileSystem({
    stat: async () => ({ ...attributes, size, mode: 0o444 }),
    ...faults,
  });
}

for (
  const [said, real] of [
    [0, 1],
    [0, 100],
    [0, 65_535],
    [0, 65_536],
    [0, 65_537],
    [0, 200_000],
    [4096, 2],
    [4096, 0],
    [4096, 4097],
    [65_536, 65_537],
    [65_536, 200_000],
    [65_536, 3],
  ] as const
) {
  Deno.test(`Source: sends all ${real} bytes of a file whose size is ${said}`, async () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/version`;
    const content = Uint8Array.from({ length: real }, (_, at) => 97 + at % 26);
    Deno.writeFileSync(path, content);
    const peer = new ScriptedPeer()
      .peerSays("\0").weSay(`C0444 ${real} version\n`)
      .peerSays("\0").weSay(content).weSay("\0")
      .peerSays("\0");
    const source = new ScriptedSource(peer, {
      files: await filesThatSay(path, said),
      recursive: false,
    });
    await source.send(path);
    peer.assertDone();
    assertEquals(source.observer.failures, []);
  });
}

Deno.test("Source: reads a file of size 0 that is empty no more than once", async () => {
  using directory = new TempDirectory();
  const path = `${directory.path}/empty`;
  Deno.writeFileSync(path, new Uint8Array());
  let reads = 0;
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("C0444 0 empty\n")
    .peerSays("\0").weSay("\0")
    .peerSays("\0");
  const source = new ScriptedSource(peer, {
    files: await filesThatSay(path, 0, {
      read: async () => {
        reads++;
        return 0;
      },
    }),
  });
  await source.send(path);
  peer.assertDone();
  assertEquals(reads, 1);
});

Deno.test("Source: reads a file whole that gives nothing to a second read", async () => {
  using directory = new TempDirectory();
  const path = `${directory.path}/ostype`;
  Deno.writeTextFileSync(path, "Linux\n");
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("C0444 6 ostype\n")
    .peerSays("\0").weSay("Linux\n\0")
    .peerSays("\0");
  const source = new ScriptedSource(peer, {
    files: await filesThatSay(path, 0, {
      read: async (buffer, at) => {
        if (at > 0) return 0;
        const { read } = new TextEncoder().encodeInto("Linux\n", buffer);
        return read;
      },
    }),
  });
  await source.send(path);
  peer.assertDone();
});

/** A file without a length that goes on so far, and how it ends. */
async function sendUntold(
  length: number,
  script: (peer: ScriptedPeer, path: string) => ScriptedPeer,
): Promise<readonly string[]> {
  using directory = new TempDirectory();
  const path = `${directory.path}/kcore`;
  Deno.writeTextFileSync(path, "");
  const peer = script(new ScriptedPeer().peerSays("\0"), path);
  const source = new ScriptedSource(peer, {
    files: await filesThatSay(path, 0, {
      read: async (buffer, at) => {
        const count = Math.min(buffer.length, length - at);
        buffer.fill(97, 0, count);
        return count;
      },
    }),
  });
  await source.send(path);
  peer.assertDone();
  return source.observer.failures;
}

Deno.test("Source: refuses a file of size 0 that is longer than 16 MiB", async () => {
  const reason = `it does not tell its length, and is longer than ` +
    `${MAX_UNTOLD_BYTES} bytes`;
  for (const length of [MAX_UNTOLD_BYTES + 1, Infinity]) {
    let path = "";
    const failures = await sendUntold(length, (peer, at) => {
      path = at;
      return peer.weSay(`\x01scp: ${at}: ${reason}\n`);
    });
    assertEquals(failures, [`${path}: ${reason}`]);
  }
});

Deno.test("Source: fails for a file of size 0 that cannot be read", async () => {
  using directory = new TempDirectory();
  const path = `${directory.path}/mem`;
  Deno.writeTextFileSync(path, "");
  const failure = `${path}: Input/output error`;
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay(`\x01scp: ${failure}\n`);
  const source = new ScriptedSource(peer, {
    files: await filesThatSay(path, 0, {
      read: async () => {
        throw new EntryError(failure);
      },
    }),
  });
  await source.send(path);
  peer.assertDone();
  assertEquals(source.observer.failures, [failure]);
});
