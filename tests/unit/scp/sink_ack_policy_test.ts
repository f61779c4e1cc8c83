/** Acknowledgements in advance, and entries that a sink drops after them. */

import { assertEquals, assertRejects } from "@std/assert";
import {
  EntryError,
  ProtocolError,
  SessionError,
} from "../../../lib/errors.ts";
import type {
  FileSystem,
  OpenFile,
} from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { Sink, type SinkOptions } from "../../../lib/scp/sink.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { LooksFirst } from "../../support/file_systems/looks_first.ts";
import { linkTest } from "../../support/platform.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { CLIENT_SINK } from "../../support/scp/sink_options.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree, type TreeEntry } from "../../support/fixtures/tree.ts";

/** Acknowledgements that leave once the source is in a directory. */
const WINDOW = "\0".repeat(2048);

/** Receives a dialogue to its end; gives the failures, the target left out. */
async function receive(
  peer: ScriptedPeer,
  target: string,
  { files = new LocalFileSystem(), ...options }:
    & Pick<SinkOptions, "ackPolicy">
    & Partial<SinkOptions>
    & { files?: FileSystem },
): Promise<string[]> {
  const observer = new RecordingObserver();
  const sink = new Sink(peer, files, {
    ...CLIENT_SINK,
    ...options,
  }, observer);
  await sink.receive(target);
  peer.assertDone();
  return observer.failures.map((text) => text.replace(`${target}/`, ""));
}

/** A dialogue up to where the directory `d` was taken and a window was given. */
function insideD(): ScriptedPeer {
  return new ScriptedPeer()
    .weSay("\0").peerSays("D0755 0 d\n")
    .weSay("\0" + WINDOW);
}

Deno.test("Sink: gives a window once it is in a directory, and nothing in advance before", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("T1 0 1 0\n")
    .weSay("\0").peerSays("D0755 0 d\n")
    .weSay("\0" + WINDOW).peerSays("T1 0 1 0\nC0644 1 a\na\0D0755 0 e\nE\nE\n");
  assertEquals(
    await receive(peer, directory.path, { ackPolicy: "window" }),
    [],
  );
  assertEquals(listing(directory.path), ["d/", 'd/a = "a"', "d/e/"]);
});

Deno.test("Sink: fills its window up when less than half of it is left, and the first one to four times as much", async () => {
  using directory = new TempDirectory();
  const file = "C0644 1 a\na\0";
  const peer = insideD()
    .peerSays(file.repeat(512))
    .peerSays("C0644 1 a\n")
    .weSay("\0".repeat(7169)).peerSays("a\0" + file.repeat(2047))
    // From some levels down it is the same window.
    .peerSays("D0755 0 e\n")
    .peerSays("D0755 0 f\n")
    .weSay("\0".repeat(4097)).peerSays("E\nE\nE\n");
  assertEquals(
    await receive(peer, directory.path, { ackPolicy: "window" }),
    [],
  );
  assertEquals(listing(directory.path), ["d/", 'd/a = "a"', "d/e/", "d/e/f/"]);
});

Deno.test("Sink: flushes a window at once", async () => {
  using directory = new TempDirectory();
  const steps: string[] = [];
  class Noting extends ScriptedPeer {
    override async read(limit: number): Promise<Uint8Array> {
      steps.push("read");
      return await super.read(limit);
    }
    override async write(bytes: Uint8Array): Promise<void> {
      steps.push(`write ${bytes.length}`);
      await super.write(bytes);
    }
    override async flush(): Promise<void> {
      steps.push("flush");
    }
  }
  const peer = new Noting()
    .weSay("\0").peerSays("D0755 0 d\n")
    .weSay("\0" + WINDOW).peerSays("E\n");
  await receive(peer, directory.path, { ackPolicy: "window" });
  assertEquals(
    steps.filter((step) => step !== "read"),
    // The first is what makes the source speak.
    ["write 1", "flush", "write 1", "write 2048", "flush"],
  );
  assertEquals(steps.at(steps.indexOf("write 2048") + 1), "flush");
});

Deno.test("Sink: gives no window for files at the top", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 1 a\n")
    .weSay("\0").peerSays("a\0")
    .weSay("\0").peerSays("T1 0 1 0\n")
    .weSay("\0\0\0").peerSays("C0644 1 b\nb\0");
  assertEquals(
    await receive(peer, directory.path, { ackPolicy: "window" }),
    [],
  );
  assertEquals(listing(directory.path), ['a = "a"', 'b = "b"']);
});

Deno.test("Sink: gives what is left of its window to what follows the directory", async () => {
  using directory = new TempDirectory();
  const peer = insideD().peerSays("E\nC0644 1 b\nb\0");
  assertEquals(
    await receive(peer, directory.path, { ackPolicy: "window" }),
    [],
  );
  assertEquals(listing(directory.path), ['b = "b"', "d/"]);
});

/** Messages, and the replies to them by the policies `none` and `certain`. */
const STEPS: readonly (readonly [
  name: string,
  steps: readonly (readonly [words: string, none: string, certain: string])[],
])[] = [
  ["a file at first", [
    ["T1 0 1 0\n", "\0", "\0"],
    ["C0644 1 a\n", "\0", "\0"],
    ["a\0", "\0", "\0"],
  ]],
  ["a file and its times, after another one", [
    ["C0644 1 a\na\0", "\0\0", "\0\0"],
    ["T1 0 1 0\n", "\0", "\0\0\0"],
    ["C0644 1 b\n", "\0", ""],
    ["b\0", "\0", ""],
  ]],
  ["a file alone, after another one", [
    ["C0644 1 a\na\0", "\0\0", "\0\0"],
    ["C0644 1 b\n", "\0", "\0\0"],
    ["b\0", "\0", ""],
    ["C0644 1 c\n", "\0", "\0\0"],
    ["c\0", "\0", ""],
  ]],
  ["a directory at first", [
    ["T1 0 1 0\n", "\0", "\0"],
    ["D0755 0 d\n", "\0", "\0\0"],
    ["E\n", "\0", ""],
  ]],
  ["a directory and its times, after a file", [
    ["C0644 1 a\na\0", "\0\0", "\0\0"],
    ["T1 0 1 0\n", "\0", "\0\0\0"],
    ["D0755 0 d\n", "\0", ""],
    ["E\n", "\0", ""],
    ["C0644 1 b\n", "\0", "\0\0"],
    ["b\0", "\0", ""],
  ]],
  ["what is in a directory", [
    ["D0755 0 d\n", "\0", "\0\0"],
    ["C0644 1 a\n", "\0", "\0\0"],
    ["a\0", "\0", ""],
    ["T1 0 1 0\n", "\0", "\0\0\0"],
    ["C0644 1 b\n", "\0", ""],
    ["b\0", "\0", ""],
    ["D0755 0 e\n", "\0", "\0\0"],
    ["C0644 1 c\n", "\0", "\0\0"],
    ["c\0", "\0", ""],
    ["E\n", "\0", ""],
    ["E\n", "\0", ""],
  ]],
];

for (const [name, steps] of STEPS) {
  for (const ackPolicy of ["none", "certain"] as const) {
    Deno.test(`Sink: acknowledges ${name} by the policy ${ackPolicy}`, async () => {
      using directory = new TempDirectory();
      const peer = new ScriptedPeer().weSay("\0");
      for (const [words, none, certain] of steps) {
        peer.peerSays(words).weSay(ackPolicy === "none" ? none : certain);
      }
      assertEquals(await receive(peer, directory.path, { ackPolicy }), []);
      const files = steps.flatMap(([words]) =>
        [...words.matchAll(/C.* (.)\n/g)].map(([, file]) => file)
      );
      assertEquals(
        listing(directory.path).filter((line) => line.includes(" = ")).length,
        files.length,
      );
    });
  }
}

Deno.test("Sink: gives no more replies than are due by the policy certain, whatever is refused", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "isdir/" }, {
    path: "isfile",
    content: "",
  }]);
  const refusal = (name: string, why: string) =>
    `\x01scp: ${directory.path}/${name}: ${why}\n`;
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 1 a\na\0")
    // An entry that is not acknowledged yet is refused.
    .weSay("\0\0").peerSays("C0644 3 isdir\n")
    .weSay(refusal("isdir", "Is a directory")).peerSays("D0755 0 isfile\n")
    .weSay(refusal("isfile", "Not a directory")).peerSays("T1 0 1 0\n")
    .weSay("\0\0\0").peerSays("C0644 3 isdir\nE\nx\0T1 0 1 0\n")
    .weSay("\0\0\0").peerSays("D0755 0 isfile\n")
    // Inside it, files are acknowledged as they would be in a directory.
    .peerSays("C0644 1 x\n").weSay("\0\0").peerSays("x\0E\nC0644 1 b\n")
    .weSay("\0\0").peerSays("b\0");
  assertEquals(await receive(peer, directory.path, { ackPolicy: "certain" }), [
    "isdir: Is a directory",
    "isfile: Not a directory",
    "isdir: Is a directory",
    "isfile: Not a directory",
  ]);
  assertEquals(
    listing(directory.path),
    ['a = "a"', 'b = "b"', "isdir/", 'isfile = ""'],
  );
});

/** Entries of a directory that are acknowledged in advance and not stored. */
const DROPPED: readonly {
  readonly name: string;
  /** Entries of the target before. */
  readonly before: readonly TreeEntry[];
  readonly words: string;
  readonly failures: readonly string[];
  /** Entries of `d` afterwards besides the file `z`. */
  readonly after: readonly string[];
}[] = [
  {
    name: "a file where a directory is",
    before: [{ path: "d/b/" }],
    words: "C0644 1 a\na\0C0644 3 b\nbad\0",
    failures: ["d/b: Is a directory"],
    after: ['d/a = "a"', "d/b/"],
  },
  {
    name: "a file that holds records",
    before: [{ path: "d/b/" }],
    words: "C0644 28 b\nE\nC0644 4 evil\nevil\0D0700 0 \0",
    failures: ["d/b: Is a directory"],
    after: ["d/b/"],
  },
  {
    name: "an empty file",
    before: [{ path: "d/b/" }],
    words: "T1 0 1 0\nC0644 0 b\n\0",
    failures: ["d/b: Is a directory"],
    after: ["d/b/"],
  },
  {
    name: "a file that the source could not read either",
    before: [{ path: "d/b/" }],
    words: "C0644 2 b\n\0\0\x01scp: b: Input/output error\n",
    failures: ["d/b: Is a directory", "scp: b: Input/output error"],
    after: ["d/b/"],
  },
  {
    name: "a directory where a file is, with all that is in it",
    before: [{ path: "d/e", content: "older" }],
    words: "T1 0 1 0\nD0755 0 e\nC0644 1 x\nx\0T1 0 1 0\nC0644 1 y\ny\0" +
      "D0755 0 f\nC0644 1 w\nw\0E\nE\n",
    failures: ["d/e: Not a directory"],
    after: ['d/e = "older"'],
  },
];

for (const { name, before, words, failures, after } of DROPPED) {
  Deno.test(`Sink: drops ${name}, reports it once, and takes the rest`, async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "d/" }, ...before]);
    const peer = insideD().peerSays(`${words}C0644 1 z\nz\0E\n`);
    assertEquals(
      await receive(peer, directory.path, { ackPolicy: "window" }),
      failures,
    );
    assertEquals(listing(directory.path), ["d/", ...after, 'd/z = "z"']);
  });
}

linkTest(
  "Sink: drops a directory where a dangling link is, reports it once, and takes the rest",
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "d/" }]);
    Deno.symlinkSync("nowhere", `${directory.path}/d/l`);
    const peer = insideD()
      .peerSays("D0755 0 l\nC0644 1 x\nx\0E\nC0644 1 z\nz\0E\n");
    assertEquals(
      await receive(peer, directory.path, { ackPolicy: "window" }),
      ["d/l: File exists"],
    );
    assertEquals(listing(directory.path), [
      "d/",
      "d/l -> nowhere",
      'd/z = "z"',
    ]);
  },
);

Deno.test("Sink: drops a body that cannot be written, reports it once, and takes the rest", async () => {
  using directory = new TempDirectory();
  class FullDisk extends LooksFirst {
    override async openToWrite(path: string, mode: number): Promise<OpenFile> {
      const file = await super.openToWrite(path, mode);
      const write = async () => {
        throw new EntryError(`${path}: No space left on device`);
      };
      return path.endsWith("/b") ? Object.assign(file, { write }) : file;
    }
  }
  const peer = insideD()
    .peerSays("C0644 1 a\na\0C0644 13 b\nC0644 1 evil\n\0C0644 1 c\nc\0E\n");
  assertEquals(
    await receive(peer, directory.path, {
      ackPolicy: "window",
      files: new FullDisk(),
    }),
    ["d/b: No space left on device"],
  );
  assertEquals(
    listing(directory.path),
    ["d/", 'd/a = "a"', 'd/b = ""', 'd/c = "c"'],
  );
});

Deno.test("Sink: reports a directory that it cannot finish, and gives no further reply", async () => {
  using directory = new TempDirectory();
  class NoTimes extends LocalFileSystem {
    override async setTimes(path: string): Promise<void> {
      throw new EntryError(`${path}: set times: Operation not permitted`);
    }
  }
  const peer = insideD().peerSays("T1 0 1 0\nD0755 0 e\nE\nE\n");
  assertEquals(
    await receive(peer, directory.path, {
      ackPolicy: "window",
      files: new NoTimes(),
    }),
    ["d/e: set times: Operation not permitted"],
  );
});

Deno.test("Sink: refuses a top directory that cannot be made before it gives a window", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d", content: "older" }]);
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("D0755 0 d\n")
    .weSay(`\x01scp: ${directory.path}/d: Not a directory\n`);
  assertEquals(
    await receive(peer, directory.path, { ackPolicy: "window" }),
    ["d: Not a directory"],
  );
  assertEquals(listing(directory.path), ['d = "older"']);
});

Deno.test("Sink: drops a name that Windows does not allow, with all that is in it", async () => {
  using directory = new TempDirectory();
  const peer = insideD().peerSays(
    "C0644 3 a:b\nabc\0D0755 0 con\nC0644 1 f\nf\0D0755 0 q?\nE\nE\n" +
      "C0644 1 last\nl\0E\n",
  );
  assertEquals(
    await receive(peer, directory.path, {
      ackPolicy: "window",
      platform: "windows",
    }),
    [
      "d/a:b: Windows does not allow this name",
      "d/con: Windows does not allow this name",
    ],
  );
  assertEquals(listing(directory.path), ["d/", 'd/last = "l"']);
});

Deno.test("Sink: throws a SessionError where a dropped body ends early", async () => {
  for (const ackPolicy of ["window", "certain"] as const) {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "d/b/" }]);
    const [forDirectory, forFile] = ackPolicy === "window"
      ? [WINDOW, ""]
      : ["\0", "\0\0"];
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays("D0755 0 d\n")
      .weSay("\0" + forDirectory).peerSays("C0644 3 b\n")
      .weSay(forFile).peerSays("b").peerEnds()
      .weSay("\x01scp: Broken pipe\n");
    await assertRejects(
      () => receive(peer, directory.path, { ackPolicy }),
      SessionError,
      `${directory.path}/d/b: lost connection after 1 of 3 bytes`,
    );
    peer.assertDone();
    assertEquals(listing(directory.path), ["d/", "d/b/"]);
  }
});

Deno.test("Sink: throws a SessionError where the verdict on a dropped body is missing", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/b/" }]);
  const peer = insideD().peerSays("C0644 3 b\nbad");
  await assertRejects(
    () => receive(peer, directory.path, { ackPolicy: "window" }),
    SessionError,
    "lost connection",
  );
  assertEquals(listing(directory.path), ["d/", "d/b/"]);
});

/** Lines that break the protocol: they are refused though acknowledged. */
const VIOLATIONS: readonly (readonly [words: string, reply: string])[] = [
  ["C0644 1 ..\n", "error: unexpected filename: .."],
  ["D0755 0 a/b\n", "error: unexpected filename: a/b"],
  ["C0644 1\n", "protocol error: size not delimited"],
  ["Welcome\n", "Welcome"],
  ["E\nWelcome\n", "protocol error: expected control record"],
];

for (const [words, reply] of VIOLATIONS) {
  Deno.test(`Sink: replies once to ${JSON.stringify(words)} in a directory that is dropped, and ends`, async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "d/e", content: "older" }]);
    const peer = insideD().peerSays(`D0755 0 e\n${words}`)
      .weSay(`\x01scp: ${reply}\n`);
    await assertRejects(
      () => receive(peer, directory.path, { ackPolicy: "window" }),
      ProtocolError,
    );
    peer.assertDone();
    assertEquals(listing(directory.path), ["d/", 'd/e = "older"']);
  });
}

/** A source that has sent all, and takes no more acknowledgements. */
class DeafSource extends ScriptedPeer {
  readonly #deafTo: "writes" | "flushes";
  #left: number;

  /** @param bytes How many it takes. */
  constructor(deafTo: "writes" | "flushes", bytes: number) {
    super();
    this.#deafTo = deafTo;
    this.#left = bytes;
  }

  override async write(bytes: Uint8Array): Promise<void> {
    this.#left -= bytes.length;
    if (this.#left < 0 && this.#deafTo === "writes") this.#fail();
    await super.write(bytes);
  }

  override async flush(): Promise<void> {
    if (this.#left < 0) this.#fail();
  }

  #fail(): never {
    throw new SessionError("lost connection");
  }
}

for (const deafTo of ["writes", "flushes"] as const) {
  Deno.test(`Sink: takes the rest from a source that takes no more ${deafTo}`, async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "d/b/" }]);
    const peer = new DeafSource(deafTo, 2)
      .weSay("\0").peerSays("D0755 0 d\n")
      .weSay(deafTo === "writes" ? "\0" : "\0" + WINDOW)
      .peerSays("C0644 1 a\na\0C0644 1 b\nb\0C0644 1 c\nc\0E\n");
    assertEquals(
      await receive(peer, directory.path, { ackPolicy: "window" }),
      ["d/b: Is a directory"],
    );
    assertEquals(
      listing(directory.path),
      ["d/", 'd/a = "a"', "d/b/", 'd/c = "c"'],
    );
  });
}
