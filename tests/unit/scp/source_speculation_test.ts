/** Messages that a source sends before the replies to earlier ones. */

import { assertEquals } from "@std/assert";
import { EntryError, SessionError } from "../../../lib/errors.ts";
import type {
  Attributes,
  FileSystem,
  Listing,
  OpenFile,
} from "../../../lib/filesystem/file_system.ts";
import { FaultyFileSystem } from "../../support/file_systems/faulty_file_system.ts";
import { listingOf } from "../../support/fixtures/listed_entries.ts";
import { linkTest } from "../../support/platform.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import {
  GUARD,
  ScriptedSource,
  type Sending,
} from "../../support/scp/scripted_source.ts";
import { SortedFileSystem } from "../../support/file_systems/sorted_file_system.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree, type TreeEntry } from "../../support/fixtures/tree.ts";

/** Must not be needed: no speculation is refused. */
const UNUSED = new SessionError("reconnected");

/** Options that allow speculations. */
const SPECULATING: Sending = { next: UNUSED };

/** The directory `d`, with a file of its own name's content for each name. */
function directoryOf(...names: readonly string[]): TreeEntry[] {
  return [
    ...names.map((name) => ({ path: `d/${name}`, content: name, mode: 0o644 })),
    { path: "d/", mode: 0o755 },
  ];
}

/** Sends what was made in a directory through the whole dialogue. */
async function send(
  peer: ScriptedPeer,
  { tree, paths = ["d"], failures = [], ...sending }: Sending & {
    tree: readonly TreeEntry[];
    paths?: readonly string[];
    failures?: readonly string[];
  },
): Promise<ScriptedSource> {
  using directory = new TempDirectory();
  makeTree(directory.path, tree);
  const source = new ScriptedSource(peer, sending);
  await source.send(...paths.map((path) => `${directory.path}/${path}`));
  peer.assertDone();
  assertEquals(
    source.observer.failures.map((text) => text.replace(directory.path, "")),
    failures,
  );
  assertEquals(source.reconnects, 0);
  return source;
}

Deno.test("Source: sends times and the record they are for together", async () => {
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("T8 0 8 0\nD0755 0 d\n")
    .peerSays("\0").peerSays("\0").weSay("T7 0 7 0\nC0644 1 a\n")
    .peerSays("\0").peerSays("\0").weSay("a\0E\n")
    .peerSays("\0\0");
  await send(peer, {
    tree: [
      { path: "d/a", content: "a", mode: 0o644, modified: 7 },
      { path: "d/", mode: 0o755, modified: 8 },
    ],
    preserve: true,
  });
});

Deno.test("Source: prefetches the next entry's records right behind a body", async () => {
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("T7 0 7 0\nC0644 1 f\n")
    .peerSays("\0").peerSays("\0").weSay("f\0T8 0 8 0\nC0644 1 g\n")
    .peerSays("\0").peerSays("\0").peerSays("\0")
    .weSay("g\0T9 0 9 0\nD0755 0 h\n")
    .peerSays("\0").peerSays("\0").peerSays("\0").weSay("E\n")
    .peerSays("\0");
  await send(peer, {
    tree: [
      { path: "f", content: "f", mode: 0o644, modified: 7 },
      { path: "g", content: "g", mode: 0o644, modified: 8 },
      { path: "h/", mode: 0o755, modified: 9 },
    ],
    paths: ["f", "g", "h"],
    preserve: true,
  });
});

Deno.test("Source: prefetches the end of a directory, and the next record, right behind a body", async () => {
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("D0755 0 d\n")
    .peerSays("\0").weSay("C0644 1 a\n")
    .peerSays("\0").weSay("a\0D0755 0 e\n")
    .peerSays("\0").peerSays("\0").weSay("E\nE\nC0644 1 f\n")
    .peerSays("\0\0").peerSays("\0").weSay("f\0")
    .peerSays("\0");
  await send(peer, {
    tree: [
      ...directoryOf("a"),
      { path: "d/e/", mode: 0o755 },
      { path: "f", content: "f", mode: 0o644 },
    ],
    paths: ["d", "f"],
  });
});

Deno.test("Source: waits for its record's reply before a body, an empty one too, unless it may speculate", async () => {
  for (const content of ["a", ""]) {
    const record = `C0644 ${content.length} a\n`;
    const peer = new ScriptedPeer()
      .peerSays("\0").weSay("D0755 0 d\n")
      .peerSays("\0").weSay(record)
      .peerSays("\0").weSay(`${content}\0E\n`)
      .peerSays("\0\0");
    await send(peer, {
      tree: [...directoryOf(), { path: "d/a", content, mode: 0o644 }],
    });
  }
});

Deno.test("Source: skips a refused entry while replies to earlier ones are pending", async () => {
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("C0644 1 f\n")
    .peerSays("\0").weSay("f\0D0755 0 d\n")
    .peerSays("\x01f: No space left on device\n").peerSays("\x01d: no\n")
    .weSay("C0644 1 g\n")
    .peerSays("\0").weSay("g\0")
    .peerSays("\x01g: No space left on device\n");
  await send(peer, {
    tree: [
      ...directoryOf("a"),
      { path: "f", content: "f", mode: 0o644 },
      { path: "g", content: "g", mode: 0o644 },
    ],
    paths: ["f", "d", "g"],
    failures: [
      "f: No space left on device",
      "d: no",
      "g: No space left on device",
    ],
  });
});

Deno.test("Source: speculates with small bodies inside a directory", async () => {
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("D0755 0 d\n")
    .peerSays("\0")
    .weSay("C0644 1 a\na\0C0644 1 b\nb\0C0644 0 c\n\0")
    .weSay(`${GUARD}E\n`)
    .peerSays("\0\0\0\0\0\0\0\0");
  const { observer } = await send(peer, {
    ...SPECULATING,
    tree: [
      ...directoryOf("a", "b"),
      { path: "d/c", content: "", mode: 0o644 },
    ],
  });
  assertEquals(observer.bodies, ["a 1/1", "b 1/1", "c 0/0"]);
  assertEquals(observer.verboseLines, [
    "Entering directory: D0755 0 d",
    "Sending file modes: C0644 1 a",
    "Sending file modes: C0644 1 b",
    "Sending file modes: C0644 0 c",
  ]);
});

Deno.test("Source: speculates with times and the body they are for", async () => {
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("T9 0 9 0\nD0755 0 d\n")
    .peerSays("\0").peerSays("\0")
    .weSay("T7 0 7 0\nC0644 1 a\na\0T8 0 8 0\nC0644 1 b\nb\0")
    .weSay(`${GUARD}E\n`)
    .peerSays("\0\0\0\0\0\0\0\0");
  await send(peer, {
    ...SPECULATING,
    preserve: true,
    tree: [
      { path: "d/a", content: "a", mode: 0o644, modified: 7 },
      { path: "d/b", content: "b", mode: 0o644, modified: 8 },
      { path: "d/", mode: 0o755, modified: 9 },
    ],
  });
});

Deno.test("Source: speculates only after the first file was taken whole", async () => {
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("C0644 1 f\n")
    .peerSays("\0").weSay("f\0C0644 1 g\n")
    .peerSays("\0").peerSays("\0").weSay("g\0C0644 1 h\nh\0C0644 1 i\ni\0")
    .peerSays("\0\0\0\0\0");
  await send(peer, {
    ...SPECULATING,
    tree: [..."fghi"].map((path) => ({ path, content: path, mode: 0o644 })),
    paths: [..."fghi"],
  });
});

Deno.test("Source: does not speculate in a directory that is not taken yet", async () => {
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("D0755 0 d\n")
    .peerSays("\0").weSay("C0644 1 a\na\0D0755 0 e\n")
    .peerSays("\0\0").peerSays("\0")
    .weSay(`C0644 1 b\nb\0${GUARD}E\nC0644 1 f\nf\0${GUARD}E\n`)
    .peerSays("\0\0\0\0\0\0\0\0");
  await send(peer, {
    ...SPECULATING,
    tree: [
      ...directoryOf("a", "f"),
      { path: "d/e/b", content: "b", mode: 0o644 },
      { path: "d/e/", mode: 0o755 },
    ],
  });
});

Deno.test("Source: skips a directory that is refused behind speculations", async () => {
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("D0755 0 d\n")
    .peerSays("\0").weSay("C0644 1 a\na\0D0755 0 e\n")
    .peerSays("\0\0").peerSays("\x01e: no\n")
    .weSay(`C0644 1 f\nf\0${GUARD}E\n`)
    .peerSays("\0\0\0\0");
  await send(peer, {
    ...SPECULATING,
    tree: [
      ...directoryOf("a", "f"),
      { path: "d/e/b", content: "b", mode: 0o644 },
      { path: "d/e/", mode: 0o755 },
    ],
    failures: ["e: no"],
  });
});

Deno.test("Source: goes on speculating where a speculation could not be stored", async () => {
  const full = "No space left on device";
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("D0755 0 d\n")
    .peerSays("\0").weSay(`C0644 1 a\na\0C0644 1 b\nb\0${GUARD}E\n`)
    .weSay("C0644 1 f\nf\0C0644 1 g\ng\0")
    .peerSays(`\0\x01a: ${full}\n\0\x01b: ${full}\n\0\0\0\0\0\0`);
  await send(peer, {
    ...SPECULATING,
    tree: [
      ...directoryOf("a", "b"),
      { path: "f", content: "f", mode: 0o644 },
      { path: "g", content: "g", mode: 0o644 },
    ],
    paths: ["d", "f", "g"],
    failures: [`a: ${full}`, `b: ${full}`],
  });
});

linkTest(
  "Source: warns of a missing entry between speculations",
  async () => {
    const failure = "/d/b: No such file or directory";
    using directory = new TempDirectory();
    makeTree(directory.path, directoryOf("a", "c"));
    Deno.symlinkSync("nowhere", `${directory.path}/d/b`);
    const peer = new ScriptedPeer()
      .peerSays("\0").weSay("D0755 0 d\n")
      .peerSays("\0").weSay("C0644 1 a\na\0")
      .weSay(`\x01scp: ${directory.path}${failure}\nC0644 1 c\nc\0${GUARD}E\n`)
      .peerSays("\0\0\0\0\0\0");
    const source = new ScriptedSource(peer, SPECULATING);
    await source.send(`${directory.path}/d`);
    peer.assertDone();
    assertEquals(source.observer.failures, [directory.path + failure]);
  },
);

/** Longest file that is read whole before it is speculated with, in bytes. */
const MAX_WHOLE_BYTES = 256 * 1024;

/** Files whose bodies wait for their records' replies, or a part of them. */
const WAITING: readonly {
  readonly name: string;
  readonly content: string;
  /** Size that is announced in place of its length. */
  readonly size?: number;
  readonly faults?: Partial<OpenFile>;
  /** Bytes of it that do not wait. */
  readonly ahead?: string;
  /** Bytes that wait. */
  readonly body: string;
  readonly failure?: string;
}[] = [
  {
    name: "is large",
    content: "x".repeat(MAX_WHOLE_BYTES + 1),
    body: "x".repeat(MAX_WHOLE_BYTES + 1) + "\0",
  },
  {
    name: "begins as the end of a directory does",
    content: "Each\n",
    body: "Each\n\0",
  },
  {
    name: "holds what looks like a record",
    content: "x\nC0644 5 evil\nevil!",
    ahead: "x\n",
    body: "C0644 5 evil\nevil!\0",
  },
  {
    name: "grew",
    content: "x".repeat(66_000),
    size: 65_537,
    body: "x".repeat(65_537) +
      "\x01scp: b: the file grew while it was read: 65537 of 66000 bytes " +
      "were sent\n",
    failure: "b: the file grew while it was read: 65537 of 66000 bytes were " +
      "sent",
  },
];

/** The local disk, but that the file `b` is not what it seems first. */
function filesWith(
  { size, faults = {} }: typeof WAITING[number],
  directory: string,
): FileSystem {
  class Changing extends FaultyFileSystem {
    override async openToRead(path: string): Promise<OpenFile> {
      const file = await new FaultyFileSystem({}).openToRead(path);
      if (path !== `${directory}/b`) return file;
      const attributes = await file.stat();
      let isFirst = true;
      return Object.assign(file, {
        stat: async () => {
          const seen = isFirst && size !== undefined ? size : attributes.size;
          isFirst = false;
          return { ...attributes, size: seen };
        },
        ...faults,
      });
    }
    override async readdir(): Promise<Listing> {
      return listingOf([{ name: "a" }, { name: "b" }, { name: "c" }]);
    }
  }
  return new Changing({});
}

for (const file of WAITING) {
  Deno.test(`Source: waits before the body of a file that ${file.name}, and then speculates again`, async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      ...directoryOf("a", "c"),
      { path: "d/b", content: file.content, mode: 0o644 },
    ]);
    const { size = file.content.length, ahead = "", failure } = file;
    const path = `${directory.path}/d`;
    const named = (text: string) =>
      text.replace(/\bb: (?=the file)/, `${path}/b: `);
    const peer = new ScriptedPeer()
      .peerSays("\0").weSay("D0755 0 d\n")
      .peerSays("\0").weSay(`C0644 1 a\na\0C0644 ${size} b\n${ahead}`)
      .peerSays("\0\0").peerSays("\0")
      .weSay(`${named(file.body)}C0644 1 c\nc\0${GUARD}E\n`)
      .peerSays("\0\0\0\0\0");
    const source = new ScriptedSource(peer, {
      ...SPECULATING,
      files: filesWith(file, path),
    });
    await source.send(path);
    peer.assertDone();
    const { failures } = source.observer;
    assertEquals(failures, failure === undefined ? [] : [named(failure)]);
  });
}

Deno.test("Source: speculates with zeros for a file that cannot be read", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, directoryOf("a", "b", "c"));
  const path = `${directory.path}/d`;
  const failure = "b: Input/output error";
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("D0755 0 d\n")
    .peerSays("\0").weSay("C0644 1 a\na\0C0644 1 b\n")
    .weSay(`\0\x01scp: ${failure}\nC0644 1 c\nc\0${GUARD}E\n`)
    .peerSays("\0\0\0\0\0\0\0\0");
  const faults = {
    read: async () => {
      throw new EntryError(failure);
    },
  };
  const source = new ScriptedSource(peer, {
    ...SPECULATING,
    files: filesWith({ name: "", content: "", body: "", faults }, path),
  });
  await source.send(path);
  peer.assertDone();
  assertEquals(source.observer.failures, [failure]);
});

for (const size of [4, 66_000]) {
  Deno.test(`Source: speculates with the bytes it read of a file that is shorter than the ${size} bytes it claims`, async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      ...directoryOf("a", "c"),
      { path: "d/b", content: "hi", mode: 0o644 },
    ]);
    const path = `${directory.path}/d`;
    const peer = new ScriptedPeer()
      .peerSays("\0").weSay("D0755 0 d\n")
      .peerSays("\0").weSay("C0644 1 a\na\0C0644 2 b\nhi\0C0644 1 c\nc\0")
      .weSay(`${GUARD}E\n`)
      .peerSays("\0\0\0\0\0\0\0\0");
    const source = new ScriptedSource(peer, {
      ...SPECULATING,
      files: filesWith(
        { name: "shrank", content: "hi", size, body: "" },
        path,
      ),
    });
    await source.send(path);
    peer.assertDone();
    assertEquals(source.observer.failures, []);
  });
}

Deno.test("Source: speculates with the longest safe body", async () => {
  const content = `${"x".repeat(63)}\n`.repeat(MAX_WHOLE_BYTES / 64);
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("D0755 0 d\n")
    .peerSays("\0").weSay("D0755 0 0\n")
    .peerSays("\0").weSay("E\nC0644 262144 a\n")
    .peerSays("\0\0").weSay(`${content}\0C0644 262144 b\n${content}\0`)
    .weSay(`C0644 1 c\nc\0${GUARD}E\n`)
    .peerSays("\0\0\0\0\0\0\0");
  await send(peer, {
    ...SPECULATING,
    tree: [
      ...directoryOf("c"),
      { path: "d/0/", mode: 0o755 },
      { path: "d/a", content, mode: 0o644 },
      { path: "d/b", content, mode: 0o644 },
    ],
  });
});

Deno.test("Source: speculates with no more than 4 KiB until two messages that left together have their replies", async () => {
  const content = "x".repeat(1000);
  const file = (name: string) => `C0644 1000 ${name}\n${content}\0`;
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("D0755 0 d\n")
    .peerSays("\0").weSay(["a", "b", "c", "d"].map(file).join(""))
    .peerSays("\0".repeat(8)).weSay(
      ["e", "f", "g", "h", "i"].map(file).join(""),
    )
    .weSay(`${GUARD}E\n`)
    .peerSays("\0".repeat(12));
  await send(peer, {
    ...SPECULATING,
    tree: [
      ...directoryOf(),
      ...[..."abcdefghi"].map((name) => ({
        path: `d/${name}`,
        content,
        mode: 0o644,
      })),
    ],
  });
});

Deno.test("Source: speculates with no body of more than 2 KiB until then", async () => {
  for (const [size, isAhead] of [[2048, true], [2049, false]] as const) {
    const content = `${"x".repeat(63)}\n`.repeat(32) + "x".repeat(size - 2048);
    const peer = new ScriptedPeer()
      .peerSays("\0").weSay("D0755 0 d\n")
      .peerSays("\0").weSay(`C0644 ${size} a\n`);
    if (!isAhead) peer.peerSays("\0");
    peer.weSay(`${content}\0${isAhead ? GUARD : ""}E\n`)
      .peerSays("\0".repeat(isAhead ? 4 : 2));
    await send(peer, {
      ...SPECULATING,
      tree: [...directoryOf(), { path: "d/a", content, mode: 0o644 }],
    });
  }
});

Deno.test("Source: does not speculate below a directory that it may not reopen", async () => {
  for (const mode of [0o555, 0o655, 0o377]) {
    class ClosedDirectory extends SortedFileSystem {
      override async stat(path: string): Promise<Attributes> {
        const attributes = await super.stat(path);
        return path.endsWith("/e") ? { ...attributes, mode } : attributes;
      }
    }
    const digits = mode.toString(8).padStart(4, "0");
    const peer = new ScriptedPeer()
      .peerSays("\0").weSay("D0755 0 d\n")
      .peerSays("\0").weSay(`D${digits} 0 e\n`)
      .peerSays("\0").weSay("C0644 1 a\n")
      .peerSays("\0").weSay("a\0D0755 0 g\n")
      .peerSays("\0").peerSays("\0").weSay("C0644 1 b\n")
      .peerSays("\0").weSay(`b\0E\nE\nC0644 1 z\nz\0${GUARD}E\n`)
      .peerSays("\0\0\0\0\0\0\0");
    await send(peer, {
      ...SPECULATING,
      files: new ClosedDirectory(),
      tree: [
        ...directoryOf("z"),
        { path: "d/e/a", content: "a", mode: 0o644 },
        { path: "d/e/g/b", content: "b", mode: 0o644 },
        { path: "d/e/g/", mode: 0o755 },
      ],
    });
  }
});

Deno.test("Source: guards the end of a directory only while replies to speculations are pending", async () => {
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("D0755 0 d\n")
    .peerSays("\0").weSay("D0755 0 e\n")
    .peerSays("\0").weSay("E\nD0755 0 f\n")
    .peerSays("\0").peerSays("\0").weSay("C0644 1 a\na\0")
    // Of two ends, a body that was refused may take either with it.
    .weSay(`${GUARD}E\n${GUARD}E\nC0644 2 z\n`)
    .peerSays("\0\0\0\0\0\0").peerSays("\0").weSay("E\n\0")
    .peerSays("\0");
  await send(peer, {
    ...SPECULATING,
    tree: [
      ...directoryOf(),
      { path: "d/e/", mode: 0o755 },
      { path: "d/f/a", content: "a", mode: 0o644 },
      { path: "d/f/", mode: 0o755 },
      { path: "z", content: "E\n", mode: 0o644 },
    ],
    paths: ["d", "z"],
  });
});

Deno.test("Source: keeps no more than some 4096 replies pending", async () => {
  class ManyFiles extends FaultyFileSystem {
    override async readdir(): Promise<Listing> {
      return listingOf(Array(2441).fill({ name: "a" }));
    }
  }
  const file = "C0644 1 a\na\0";
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("D0755 0 d\n")
    // On trial, 4 KiB at most are in flight.
    .peerSays("\0").weSay(file.repeat(341))
    .peerSays("\0".repeat(682))
    // Two replies each: with 4098 pending, the source waits for half of them.
    .weSay(file.repeat(2049))
    .peerSays("\0".repeat(2049)).peerSays("\0").weSay(file.repeat(51))
    .weSay(`${GUARD}E\n`)
    .peerSays("\0".repeat(2152));
  const { observer } = await send(peer, {
    ...SPECULATING,
    files: new ManyFiles({}),
    tree: directoryOf("a"),
  });
  assertEquals(observer.bodies.length, 2441);
});
