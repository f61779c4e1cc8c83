/** Files that have come whole, which a sink stores in one go. */

import { assertEquals } from "@std/assert";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { EntryError } from "../../../lib/errors.ts";
import type {
  FileSystem,
  StoredWhole,
  WholeFile,
} from "../../../lib/filesystem/file_system.ts";
import { Sink, type SinkOptions } from "../../../lib/scp/sink.ts";
import { lacksLinuxLibrary, testUnless } from "../../support/c_library.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import {
  describeTree,
  makeTree,
  type TreeEntry,
} from "../../support/fixtures/tree.ts";
import { linkTest } from "../../support/platform.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import {
  CLIENT_SINK,
  PRESERVING_SINK,
} from "../../support/scp/sink_options.ts";

const WINDOW = "\0".repeat(2048);

/** Files after which the source is known to take acknowledgements in advance. */
const PROOF = "C0644 1 p1\np\0C0644 1 p2\np\0C0644 1 p3\np\0";

/** A peer whose words arrive only so many bytes ahead of what is read. */
class SlowPeer extends ScriptedPeer {
  readonly #ahead: number;

  constructor(ahead: number) {
    super();
    this.#ahead = ahead;
  }

  override get arrived(): Uint8Array | undefined {
    return super.arrived?.subarray(0, this.#ahead);
  }
}

/** A dialogue in the directory `d`, whose steps are acknowledged in advance. */
function insideD(words: string, peer = new ScriptedPeer()): ScriptedPeer {
  return peer
    .weSay("\0").peerSays("D0755 0 d\n")
    .weSay("\0" + WINDOW).peerSays(PROOF + words);
}

/** The local disk, which notes what it stores in one go. */
class NotingFiles extends LocalFileSystem {
  readonly whole: string[] = [];
  override readonly storeWhole: FileSystem["storeWhole"];

  /** @param store Stores a file in place of the disk. */
  constructor(store?: (path: string) => ReturnType<typeof storedLater>) {
    super();
    const { storeWhole } = new LocalFileSystem();
    this.storeWhole = storeWhole && ((file: WholeFile, made: () => void) => {
      const { path } = file;
      this.whole.push(path.slice(path.lastIndexOf("/") + 1));
      return store === undefined || !path.endsWith("/a")
        ? storeWhole(file, made)
        : store(path);
    });
  }
}

async function storedLater(): Promise<StoredWhole | undefined> {
  return undefined;
}

async function receive(
  peer: ScriptedPeer,
  target: string,
  { files = new LocalFileSystem(), ...options }:
    & Partial<SinkOptions>
    & { files?: FileSystem } = {},
) {
  const observer = new RecordingObserver();
  await new Sink(peer, files, {
    ...CLIENT_SINK,
    ackPolicy: "window",
    ...options,
  }, observer).receive(target);
  peer.assertDone();
  const { failures, outcomes, bodies, warnings } = observer;
  const shown = (text: string) => text.replaceAll(`${target}/`, "");
  return {
    failures: failures.map(shown),
    outcomes: outcomes.map(shown),
    bodies,
    warnings,
  };
}

const canStoreWhole = new LocalFileSystem().storeWhole !== undefined;

Deno.test("Sink: stores files that have come whole in one go, and no others", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/there", content: "older, longer" }]);
  const files = new NotingFiles();
  const peer = insideD(
    "C0644 1 a\na\0C0444 0 empty\n\0C0644 3 there\nnew\0C0644 40 long\n" +
      `${"l".repeat(40)}\0E\n`,
    new SlowPeer(40),
  );
  const { failures, bodies } = await receive(peer, directory.path, { files });
  assertEquals(failures, []);
  assertEquals(bodies.slice(-4), [
    "a 1/1",
    "empty 0/0",
    "there 3/3",
    "long 40/40",
  ]);
  // The trial of the acknowledgements covers the first files.
  if (canStoreWhole) {
    assertEquals(files.whole.slice(-4), ["p3", "a", "empty", "there"]);
  }
  assertEquals(Deno.readTextFileSync(`${directory.path}/d/there`), "new");
});

/** Dialogues whose end is the same, in however many pieces they come. */
const DIALOGUES: Readonly<
  Record<
    string,
    {
      words: string;
      there?: readonly TreeEntry[];
      options?: Partial<SinkOptions>;
    }
  >
> = {
  "new files of many modes": {
    words: "C0644 1 a\na\0C0000 2 b\nbb\0C0755 0 c\n\0C6777 1 d\nd\0",
  },
  "times and whole modes": {
    words: "T1 0 2 0\nC4754 1 a\na\0T3 5 4 6\nC0000 1 b\nb\0",
    options: { store: PRESERVING_SINK.store },
  },
  "modes that the user gives": {
    words: "C0644 1 a\na\0C0000 1 b\nb\0",
    options: { store: { ...CLIENT_SINK.store, given: { file: 0o640 } } },
  },
  "times out of range": { words: "T9999999999999 0 1 0\nC0644 1 a\na\0" },
  "a file that is there": {
    words: "C0600 1 a\nn\0C0644 1 b\nb\0",
    there: [{ path: "d/a", content: "older", mode: 0o640 }],
  },
  "a name that comes twice": {
    words: "C0644 3 a\nold\0C0644 1 a\nn\0",
  },
  "names that differ in case": {
    words: "C0644 1 README\nu\0C0644 1 readme\nl\0",
  },
  "a directory in the place of a file": {
    words: "C0644 1 a\nx\0C0644 1 b\nb\0",
    there: [{ path: "d/a/" }],
  },
  "a directory that cannot be made": {
    words: "D0755 0 e\nC0644 9 a\nC0644 1 b\0E\nC0644 1 b\nb\0",
    there: [{ path: "d/e", content: "a file" }],
  },
  "names that are no name on Windows": {
    words: "C0644 1 a:b\nx\0C0644 1 c\nc\0",
    options: { platform: "windows" },
  },
  "a body that its source could not read": {
    words: "C0644 2 a\nx\0\x01scp: a: Input/output error\nC0644 1 b\nb\0",
  },
  "a body that reads like records": {
    words: "C0644 25 a\nC0644 4 evil\nevil\0E\nE\n..\n\0C0644 1 b\nb\0",
  },
  "a name that is encoded as vis(3) does": {
    words: "C0644 1 a\\^Jb\nx\0",
    options: { warnsOfEncoded: true },
  },
  "files in directories in each other": {
    words:
      "D0755 0 e\nC0644 1 a\na\0D0555 0 f\nC0644 1 b\nb\0E\nE\nC0644 1 c\nc\0",
  },
  "files that are there and are to stay": {
    words: "C0644 1 a\nn\0C0644 1 b\nb\0",
    there: [{ path: "d/a", content: "older" }],
    options: {
      existing: { keepsAll: true, keepsSame: false, keepsNewer: false },
    },
  },
  "files that replace others in one step": {
    words: "C0644 1 a\nn\0C0644 1 b\nb\0",
    there: [{ path: "d/a", content: "older", mode: 0o640 }],
    options: { isAtomic: true },
  },
};

for (
  const [name, { words, there = [], options }] of Object.entries(DIALOGUES)
) {
  Deno.test(`Sink: stores ${name} alike, however much of it has come`, async () => {
    const ends = [];
    for (const ahead of [0, 3, 14, 18, 30, Infinity]) {
      using directory = new TempDirectory();
      makeTree(directory.path, there);
      const peer = insideD(`${words}E\n`, new SlowPeer(ahead));
      const told = await receive(peer, directory.path, options);
      const tree = await describeTree(directory.path, {
        modes: true,
        times: options?.store?.preserve === true,
      });
      ends.push({ ...told, tree });
    }
    for (const end of ends.slice(1)) assertEquals(end, ends[0]);
  });
}

linkTest(
  "Sink: follows a link where a file that has come whole goes",
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "other", content: "older" }, {
      path: "d/",
    }]);
    Deno.symlinkSync("../other", `${directory.path}/d/a`);
    Deno.symlinkSync("../nowhere", `${directory.path}/d/b`);
    const peer = insideD("C0644 1 a\na\0C0644 1 b\nb\0E\n");
    assertEquals((await receive(peer, directory.path)).failures, []);
    for (const [path, text] of [["other", "a"], ["nowhere", "b"]]) {
      assertEquals(Deno.readTextFileSync(`${directory.path}/${path}`), text);
    }
    assertEquals(Deno.readLinkSync(`${directory.path}/d/a`), "../other");
  },
);

const FAILURE = new EntryError("a: No space left on device");

for (
  const [name, end] of [
    ["cannot be written", { failure: FAILURE }],
    ["lacks its times", { flaw: FAILURE }],
  ] as const
) {
  for (const isLater of [false, true]) {
    const when = isLater ? "later" : "at once";
    Deno.test(`Sink: reports a file that ${name}, told ${when}, and takes the rest`, async () => {
      using directory = new TempDirectory();
      const files = new NotingFiles(() =>
        (isLater ? Promise.resolve(end) : end) as Promise<StoredWhole>
      );
      const peer = insideD("C0644 13 a\nC0644 1 evil\n\0C0644 1 b\nb\0E\n");
      const { failures, outcomes } = await receive(peer, directory.path, {
        files,
      });
      if (!canStoreWhole) return;
      assertEquals(failures, [FAILURE.message]);
      assertEquals(outcomes.slice(-2), ["d/a failed", "d/b copied"]);
      assertEquals(
        Array.from(Deno.readDirSync(`${directory.path}/d`), ({ name }) => name)
          .toSorted(),
        ["b", "p1", "p2", "p3"],
      );
    });
  }
}

Deno.test("Sink: stores a file in steps that a disk says later it did not make", async () => {
  using directory = new TempDirectory();
  const files = new NotingFiles(storedLater);
  const peer = insideD("C0644 1 a\na\0E\n");
  const { failures, bodies } = await receive(peer, directory.path, { files });
  assertEquals(failures, []);
  assertEquals(bodies.at(-1), "a 1/1");
  assertEquals(Deno.readTextFileSync(`${directory.path}/d/a`), "a");
});

testUnless(
  lacksLinuxLibrary,
  "Sink: fills its window up among files that have come whole",
  async () => {
    using directory = new TempDirectory();
    const file = "C0644 1 a\na\0";
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays("D0755 0 d\n")
      .weSay("\0" + WINDOW).peerSays(PROOF + file.repeat(509))
      .peerSays("C0644 1 b\nb\0")
      .weSay("\0".repeat(7170)).peerSays("E\n");
    const { outcomes } = await receive(peer, directory.path);
    assertEquals(outcomes.length, 513);
  },
);
