/** Sources that reconnect: a speculation was refused, or a sink is lost. */

import { assertEquals, assertRejects } from "@std/assert";
import {
  ProtocolError,
  RefusalError,
  SessionError,
} from "../../../lib/errors.ts";
import type { OpenFile } from "../../../lib/filesystem/file_system.ts";
import { withFaults } from "../../support/file_systems/faulty_file.ts";
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

/** The directory `d`, and in it a file of its name's content for each name. */
function directoryOf(...names: readonly string[]): TreeEntry[] {
  return [
    ...names.map((name) => ({ path: `d/${name}`, content: name, mode: 0o644 })),
    { path: "d/", mode: 0o755 },
  ];
}

/** End of a directory while replies to speculations are pending. */
const END = `${GUARD}E\n`;

/** A body that is never a speculation. */
const UNSAFE = "E\n";

/** A dialogue up to where the directory `d` was taken. */
function insideD(name = "d"): ScriptedPeer {
  return new ScriptedPeer()
    .peerSays("\0").weSay(`D0755 0 ${name}\n`)
    .peerSays("\0");
}

/** One file of a letter, each step of it waited for. */
function takesInTurn(peer: ScriptedPeer, ...names: string[]): ScriptedPeer {
  for (const [at, name] of names.entries()) {
    // The source waits for a body's reply together with the next record's.
    peer.weSay(`C0644 1 ${name}\n`);
    if (at > 0) peer.peerSays("\0");
    peer.peerSays("\0").weSay(`${name}\0`);
  }
  return peer;
}

/** The local disk, but that to read a file does not change its times. */
class Unread extends SortedFileSystem {
  override async openToRead(path: string): Promise<OpenFile> {
    const file = await super.openToRead(path);
    const attributes = await file.stat();
    return withFaults(file, {
      stat: async () => ({
        ...attributes,
        accessed: attributes.modified,
      }),
    });
  }
}

interface Case extends Omit<Sending, "next"> {
  readonly tree: readonly TreeEntry[];
  readonly paths?: readonly string[];
  readonly outermost?: string;
}

/** Sends to a sink that is lost, and to the one after it. */
async function sendTwice(
  first: ScriptedPeer,
  second: ScriptedPeer,
  { tree, paths = ["d"], outermost, ...sending }: Case,
): Promise<ScriptedSource> {
  using directory = new TempDirectory();
  makeTree(directory.path, tree);
  const source = new ScriptedSource(first, {
    ...sending,
    next: {
      channel: second,
      ...(outermost === undefined ? {} : { outermost }),
    },
  });
  await source.send(...paths.map((path) => `${directory.path}/${path}`));
  first.assertDone();
  second.assertDone();
  assertEquals(source.reconnects, 1);
  return source;
}

Deno.test("Source: reconnects once after a refusal, and sends entries without a reply again, in their order, waiting each time", async () => {
  const first = insideD()
    .weSay("C0644 1 a\na\0C0644 1 b\nb\0C0644 1 c\nc\0C0644 1 e\ne\0")
    .weSay(END)
    .peerSays("\0\0\x01b: Is a directory\n");
  const second = takesInTurn(insideD(), "c", "e").weSay("E\n")
    .peerSays("\0\0");
  const { observer } = await sendTwice(first, second, {
    tree: directoryOf("a", "b", "c", "e"),
  });
  assertEquals(observer.failures, ["b: Is a directory"]);
  assertEquals(
    observer.outcomes.map((outcome) => outcome.replace(/^.*\//, "")),
    ["a copied", "b failed", "c again", "c copied", "e again", "e copied"],
  );
  assertEquals(observer.failedPaths.map((path) => path.slice(-4)), ["/d/b"]);
});

Deno.test("Source: reconnects where the first file of a directory is refused", async () => {
  const first = insideD()
    .weSay(`C0644 1 a\na\0C0644 1 b\nb\0${END}`)
    .peerSays("\x01a: no\n");
  const second = takesInTurn(insideD(), "b").weSay("E\n")
    .peerSays("\0\0");
  const { observer } = await sendTwice(first, second, {
    tree: directoryOf("a", "b"),
  });
  assertEquals(observer.failures, ["a: no"]);
});

Deno.test("Source: reconnects where the last file of a directory is refused", async () => {
  const first = insideD()
    .weSay(`C0644 1 a\na\0C0644 1 b\nb\0${END}C0644 2 f\n`)
    .peerSays("\0\0\x01b: no\n");
  const second = new ScriptedPeer()
    .peerSays("\0").weSay("C0644 2 f\n")
    .peerSays("\0").weSay("E\n\0")
    .peerSays("\0");
  const { observer } = await sendTwice(first, second, {
    tree: [...directoryOf("a", "b"), {
      path: "f",
      content: UNSAFE,
      mode: 0o644,
    }],
    paths: ["d", "f"],
  });
  assertEquals(observer.failures, ["b: no"]);
});

Deno.test("Source: reconnects at the top for the last file of all", async () => {
  const first = new ScriptedPeer()
    .peerSays("\0").weSay("C0644 1 f\n")
    .peerSays("\0").weSay("f\0C0644 1 g\n")
    .peerSays("\0").peerSays("\0").weSay("g\0C0644 1 h\nh\0C0644 1 i\ni\0")
    .peerSays("\0\0\0\x01i: no\n");
  const second = new ScriptedPeer().peerSays("\0");
  const { observer } = await sendTwice(first, second, {
    tree: [..."fghi"].map((path) => ({ path, content: path, mode: 0o644 })),
    paths: [..."fghi"],
  });
  assertEquals(observer.failures, ["i: no"]);
});

Deno.test("Source: sends a lost file again at the top, by its own name", async () => {
  const first = insideD().weSay("E\nC0644 1 f\nf\0C0644 1 g\ng\0")
    .peerSays("\0\x01f: no\n");
  const second = takesInTurn(new ScriptedPeer().peerSays("\0"), "g")
    .peerSays("\0");
  const { observer } = await sendTwice(first, second, {
    tree: [
      ...directoryOf(),
      { path: "f", content: "f", mode: 0o644 },
      { path: "g", content: "g", mode: 0o644 },
    ],
    paths: ["d", "f", "g"],
    // Only a directory that is entered again has another name.
    outermost: "elsewhere",
  });
  assertEquals(observer.failures, ["f: no"]);
});

/** Directories in directories, each with times of its own. */
const NESTED: readonly TreeEntry[] = [
  { path: "d/e/a", content: "a", mode: 0o644, modified: 1 },
  { path: "d/e/b", content: "b", mode: 0o644, modified: 2 },
  { path: "d/e/", mode: 0o755, modified: 3 },
  { path: "d/z", content: UNSAFE, mode: 0o644, modified: 4 },
  { path: "d/", mode: 0o755, modified: 5 },
];

for (const outermost of [undefined, "new name"]) {
  const how = outermost === undefined ? "by their names" : "one renamed";
  Deno.test(`Source: reopens the directories that it was in, ${how}, with their times`, async () => {
    const first = new ScriptedPeer()
      .peerSays("\0").weSay("T5 0 5 0\nD0755 0 d\n")
      .peerSays("\0").peerSays("\0").weSay("T3 0 3 0\nD0755 0 e\n")
      .peerSays("\0").peerSays("\0")
      .weSay("T1 0 1 0\nC0644 1 a\na\0T2 0 2 0\nC0644 1 b\nb\0")
      .weSay(`${END}T4 0 4 0\nC0644 2 z\n`)
      .peerSays("\0\x01a: no\n");
    const second = new ScriptedPeer()
      .peerSays("\0").weSay(`T5 0 5 0\nD0755 0 ${outermost ?? "d"}\n`)
      .peerSays("\0").peerSays("\0").weSay("T3 0 3 0\nD0755 0 e\n")
      .peerSays("\0").peerSays("\0").weSay("T2 0 2 0\nC0644 1 b\n")
      .peerSays("\0").peerSays("\0")
      .weSay("b\0E\nT4 0 4 0\nC0644 2 z\n")
      .peerSays("\0\0\0").peerSays("\0").weSay("E\n\0E\n")
      .peerSays("\0\0");
    const { observer } = await sendTwice(first, second, {
      tree: NESTED,
      preserve: true,
      files: new Unread(),
      ...(outermost === undefined ? {} : { outermost }),
    });
    assertEquals(observer.failures, ["a: no"]);
  });
}

Deno.test("Source: leaves again the reopened directories that it had left by then", async () => {
  const first = insideD().weSay("D0755 0 e\n")
    .peerSays("\0").weSay(`C0644 1 a\na\0C0644 1 b\nb\0${END}${END}`)
    .peerSays("\x01a: no\n");
  const second = insideD().weSay("D0755 0 e\n")
    .peerSays("\0").weSay("C0644 1 b\n")
    .peerSays("\0").weSay("b\0E\nE\n")
    .peerSays("\0\0\0");
  const { observer } = await sendTwice(first, second, {
    tree: NESTED.filter(({ path }) => path !== "d/z"),
  });
  assertEquals(observer.failures, ["a: no"]);
});

Deno.test("Source: reopens the directory above for the next one", async () => {
  const first = insideD().weSay("D0755 0 e\n")
    .peerSays("\0").weSay(`C0644 1 a\na\0C0644 1 b\nb\0${END}D0755 0 g\n`)
    .peerSays("\0\0\x01b: no\n");
  const second = insideD().weSay("D0755 0 g\n")
    .peerSays("\0").weSay("C0644 1 x\n")
    .peerSays("\0").weSay("x\0E\nE\n")
    .peerSays("\0\0\0");
  const { observer } = await sendTwice(first, second, {
    tree: [
      ...NESTED.filter(({ path }) => path !== "d/z"),
      { path: "d/g/x", content: "x", mode: 0o644 },
      { path: "d/g/", mode: 0o755 },
    ],
  });
  assertEquals(observer.failures, ["b: no"]);
});

Deno.test("Source: reopens no directory that it only sent the content of", async () => {
  const first = insideD("e")
    .weSay(`C0644 1 a\na\0C0644 1 b\nb\0${END}C0644 2 z\n`)
    .peerSays("\x01a: no\n");
  const second = takesInTurn(insideD("e"), "b").weSay("E\nC0644 2 z\n")
    .peerSays("\0\0\0").weSay("E\n\0")
    .peerSays("\0");
  await sendTwice(first, second, {
    tree: [
      { path: "d/e/a", content: "a", mode: 0o644 },
      { path: "d/e/b", content: "b", mode: 0o644 },
      { path: "d/e/", mode: 0o755 },
      { path: "d/z", content: UNSAFE, mode: 0o644 },
      { path: "d/", mode: 0o755 },
    ],
    paths: ["d/."],
  });
});

Deno.test("Source: reconnects once: an entry that is refused then is skipped", async () => {
  const first = insideD()
    .weSay("C0644 1 a\na\0C0644 1 b\nb\0C0644 1 c\nc\0")
    .weSay(`${END}C0644 2 f\n`)
    .peerSays("\x01a: no\n");
  const second = insideD().weSay("C0644 1 b\n")
    .peerSays("\x01b: no\n").weSay("C0644 1 c\n")
    .peerSays("\x01c: no\n").weSay("E\nC0644 2 f\n")
    .peerSays("\0\x01f: no\n").weSay("C0644 1 g\n")
    .peerSays("\x01g: no\n");
  const { observer } = await sendTwice(first, second, {
    tree: [
      ...directoryOf("a", "b", "c"),
      { path: "f", content: UNSAFE, mode: 0o644 },
      { path: "g", content: "g", mode: 0o644 },
    ],
    paths: ["d", "f", "g"],
  });
  assertEquals(
    observer.failures,
    ["a: no", "b: no", "c: no", "f: no", "g: no"],
  );
});

Deno.test("Source: does not send a file again whose times were refused", async () => {
  const first = new ScriptedPeer()
    .peerSays("\0").weSay("T5 0 5 0\nD0755 0 e\n")
    .peerSays("\0").peerSays("\0")
    .weSay(`T1 0 1 0\nC0644 1 a\na\0T2 0 2 0\nC0644 1 b\nb\0${END}`)
    .peerSays("\x01no times\n");
  const second = new ScriptedPeer()
    .peerSays("\0").weSay("T5 0 5 0\nD0755 0 e\n")
    .peerSays("\0").peerSays("\0").weSay("T2 0 2 0\nC0644 1 b\n")
    .peerSays("\0").peerSays("\0").weSay("b\0E\n")
    .peerSays("\0\0");
  const { observer } = await sendTwice(first, second, {
    tree: [
      { path: "d/e/a", content: "a", mode: 0o644, modified: 1 },
      { path: "d/e/b", content: "b", mode: 0o644, modified: 2 },
      { path: "d/e/", mode: 0o755, modified: 5 },
    ],
    paths: ["d/e"],
    preserve: true,
    files: new Unread(),
  });
  assertEquals(observer.failures, ["no times"]);
});

Deno.test("Source: offers a file again that waited behind the file that was refused", async () => {
  const first = insideD()
    .weSay("C0644 1 a\na\0C0644 1 b\nb\0C0644 2 c\n")
    .peerSays("\x01a: no\n");
  const second = insideD().weSay("C0644 1 b\n")
    .peerSays("\0").weSay("b\0C0644 2 c\n")
    .peerSays("\0\0").weSay("E\n\0E\n")
    .peerSays("\0\0");
  const { observer } = await sendTwice(first, second, {
    tree: [...directoryOf("a", "b"), {
      path: "d/c",
      content: UNSAFE,
      mode: 0o644,
    }],
  });
  assertEquals(observer.failures, ["a: no"]);
});

Deno.test("Source: enters a directory that waited behind the file that was refused", async () => {
  const first = insideD()
    .weSay("C0644 1 a\na\0C0644 1 b\nb\0D0755 0 e\n")
    .peerSays("\0\0\x01b: no\n");
  const second = insideD().weSay("D0755 0 e\n")
    .peerSays("\0").weSay("C0644 1 x\n")
    .peerSays("\0").weSay("x\0E\nE\n")
    .peerSays("\0\0\0");
  const { observer } = await sendTwice(first, second, {
    tree: [
      ...directoryOf("a", "b"),
      { path: "d/e/x", content: "x", mode: 0o644 },
      { path: "d/e/", mode: 0o755 },
    ],
  });
  assertEquals(observer.failures, ["b: no"]);
});

Deno.test("Source: ignores the lost sink's replies after a refusal", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, directoryOf("a", "b", "c"));
  // It reads a refused body by its size, and so goes on to take the others.
  const first = insideD()
    .weSay(`C0644 1 a\na\0C0644 1 b\nb\0C0644 1 c\nc\0${END}`)
    .peerSays("\x01a: no\n\0\0\0\0\0\0");
  const second = insideD().weSay("C0644 1 b\n")
    .peerSays("\x01b: no\n").weSay("C0644 1 c\n")
    .peerSays("\0").weSay("c\0E\n")
    .peerSays("\0\0");
  const source = new ScriptedSource(first, { next: { channel: second } });
  await source.send(`${directory.path}/d`);
  second.assertDone();
  assertEquals(source.observer.failures, ["a: no", "b: no"]);
});

/** Words of the second sink, and the error at the end. */
const SECOND_SINKS: readonly (readonly [
  peer: () => ScriptedPeer,
  // deno-lint-ignore no-explicit-any -- constructors of any arguments
  kind: new (...args: any[]) => Error,
  message: string,
])[] = [
  [
    () => insideD().weSay("C0644 1 b\n"),
    SessionError,
    "/d/b: lost connection",
  ],
  [
    () =>
      new ScriptedPeer()
        .peerSays("\0").weSay("D0755 0 d\n")
        .peerSays("\x01d: Not a directory\n"),
    ProtocolError,
    "/d/b: /d: it cannot be entered once more",
  ],
  [
    () => new ScriptedPeer().peerSays("\x01scp: gone\n"),
    ProtocolError,
    "/d/b: scp: gone",
  ],
  [
    () => new ScriptedPeer().peerSays("\x02bye\n"),
    RefusalError,
    "bye",
  ],
  [
    () => new ScriptedPeer().peerSays("Welcome\n"),
    ProtocolError,
    '/d/b: the remote said "Welcome\n" instead of an acknowledgement',
  ],
  [() => new ScriptedPeer(), SessionError, "/d/b: lost connection"],
];

for (const [peer, kind, message] of SECOND_SINKS) {
  Deno.test(`Source: throws a ${kind.name} where the second dialogue ends in ${JSON.stringify(message)}`, async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, directoryOf("a", "b"));
    const first = insideD()
      .weSay(`C0644 1 a\na\0C0644 1 b\nb\0${END}`)
      .peerSays("\x01a: no\n");
    const second = peer();
    const source = new ScriptedSource(first, { next: { channel: second } });
    const error = await assertRejects(
      () => source.send(`${directory.path}/d`),
      kind,
    );
    // To hold the whole dialogue again would send everything twice.
    assertEquals(error.name, kind.name);
    assertEquals(error.message.replaceAll(directory.path, ""), message);
    second.assertDone();
    assertEquals(source.reconnects, 1);
    assertEquals(source.observer.failures[0], "a: no");
  });
}

Deno.test("Source: throws the reason why it could not reconnect, and does not try again", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, directoryOf("a", "b"));
  const first = insideD()
    .weSay(`C0644 1 a\na\0C0644 1 b\nb\0${END}`)
    .peerSays("\x01a: no\n");
  const source = new ScriptedSource(first, {
    next: new SessionError("no more logins"),
  });
  await assertRejects(
    () => source.send(`${directory.path}/d`),
    SessionError,
    "no more logins",
  );
  assertEquals(source.reconnects, 1);
  assertEquals(source.observer.failures, ["a: no"]);
});

/** Replies of a sink before it is lost, and the names of the lost entries. */
const LOST: readonly (readonly [replies: string, named: string])[] = [
  ["", "/d/a and 2 more after it"],
  ["\0", "/d/a and 2 more after it"],
  ["\0\0", "/d/b and 1 more after it"],
  ["\0\0\0\0", "/d/c"],
  ["\0\0\0\0\0", "/d/c"],
];

for (const [replies, named] of LOST) {
  Deno.test(`Source: names the entries that may be lost after ${replies.length} of 6 replies`, async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, directoryOf("a", "b", "c"));
    const peer = insideD()
      .weSay(`C0644 1 a\na\0C0644 1 b\nb\0C0644 1 c\nc\0${END}`)
      .peerSays(replies);
    const source = new ScriptedSource(peer, {
      next: new SessionError("another dialogue was begun"),
    });
    const error = await assertRejects(
      () => source.send(`${directory.path}/d`),
      SessionError,
    );
    assertEquals(
      error.message.replaceAll(directory.path, ""),
      `${named}: lost connection`,
    );
    peer.assertDone();
    assertEquals(source.reconnects, 0);
    assertEquals(source.observer.failures, []);
  });
}

Deno.test("Source: counts no end of a directory among the entries that may be lost", async () => {
  for (const next of [undefined, "f"]) {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      { path: "d/e/a", content: "a", mode: 0o644 },
      { path: "d/e/", mode: 0o755 },
      { path: "d/", mode: 0o755 },
      { path: "f", content: "f", mode: 0o644 },
    ]);
    const peer = insideD().weSay("D0755 0 e\n")
      .peerSays("\0").weSay("C0644 1 a\n")
      .peerSays("\0").weSay("a\0E\nE\n");
    if (next !== undefined) peer.weSay("C0644 1 f\n");
    const source = new ScriptedSource(peer);
    const paths = next === undefined ? ["d"] : ["d", next];
    const error = await assertRejects(
      () => source.send(...paths.map((path) => `${directory.path}/${path}`)),
      SessionError,
    );
    assertEquals(
      error.message.replaceAll(directory.path, ""),
      next === undefined
        ? "/d/e/a: lost connection"
        : "/d/e/a and 1 more after it: lost connection",
    );
    peer.assertDone();
  }
});

Deno.test("Source: throws a sink's words in place of a reply to a speculation", async () => {
  for (
    const [words, message] of [
      ["\x02bye\n", "bye"],
      ["hi\n", 'the remote said "hi\n" instead of an acknowledgement'],
    ] as const
  ) {
    using directory = new TempDirectory();
    makeTree(directory.path, directoryOf("a", "b"));
    const peer = insideD()
      .weSay(`C0644 1 a\na\0C0644 1 b\nb\0${END}`)
      .peerSays(`\0\0${words}`);
    const source = new ScriptedSource(peer, {
      next: new SessionError("another dialogue was begun"),
    });
    const error = await assertRejects(
      () => source.send(`${directory.path}/d`),
      ProtocolError,
      message,
    );
    assertEquals(error.name === "UnexpectedOutputError", false);
    assertEquals(source.reconnects, 0);
  }
});

/** A sink that takes so many bytes and then stops reading; its words are there. */
class DeafPeer extends ScriptedPeer {
  #left: number;

  constructor(bytes: number) {
    super();
    this.#left = bytes;
  }

  override async write(bytes: Uint8Array): Promise<void> {
    this.#left -= bytes.length;
    if (this.#left < 0) throw new SessionError("lost connection");
    await super.write(bytes);
  }
}

/** Messages that reached a sink that refused `a` and was lost, and the next ones. */
const UNHEARD: readonly (readonly [
  name: string,
  heard: string,
  tree: readonly TreeEntry[],
  rest: (second: ScriptedPeer) => ScriptedPeer,
])[] = [
  [
    "a speculation",
    "C0644 1 a\na\0",
    directoryOf("a", "b"),
    (second) => takesInTurn(second, "b").weSay("E\n").peerSays("\0"),
  ],
  [
    "its body",
    "C0644 1 a\na\0C0644 1 b\n",
    directoryOf("a", "b"),
    (second) => takesInTurn(second, "b").weSay("E\n").peerSays("\0"),
  ],
  [
    "the end of its directory",
    "C0644 1 a\na\0",
    directoryOf("a"),
    () => new ScriptedPeer(),
  ],
  [
    "the end of its directory that was guarded",
    `C0644 1 a\na\0${GUARD}`,
    directoryOf("a"),
    () => new ScriptedPeer(),
  ],
  [
    "a record that is waited for",
    "C0644 1 a\na\0",
    [...directoryOf("a"), { path: "d/b", content: UNSAFE, mode: 0o644 }],
    (second) =>
      second.weSay("C0644 2 b\n").peerSays("\0").weSay("E\n\0E\n")
        .peerSays("\0"),
  ],
  [
    "a directory",
    "C0644 1 a\na\0",
    [...directoryOf("a"), { path: "d/e/", mode: 0o755 }],
    (second) =>
      second.weSay("D0755 0 e\n").peerSays("\0").weSay("E\nE\n")
        .peerSays("\0"),
  ],
];

for (const [name, heard, tree, rest] of UNHEARD) {
  Deno.test(`Source: reconnects where a sink that refused a file stops reading before ${name}`, async () => {
    const record = "D0755 0 d\n";
    const first = new DeafPeer(record.length + heard.length)
      .peerSays("\0").weSay(record)
      .peerSays("\0").weSay(heard)
      .peerSays("\x01a: no\n");
    const second = rest(insideD()).peerSays("\0");
    const { observer } = await sendTwice(first, second, { tree });
    assertEquals(observer.failures, ["a: no"]);
  });
}

linkTest(
  "Source: warns of a missing entry after it reconnected where a sink that refused a file stops reading",
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, directoryOf("a"));
    Deno.symlinkSync("nowhere", `${directory.path}/d/b`);
    const heard = "D0755 0 d\nC0644 1 a\na\0";
    const first = new DeafPeer(heard.length)
      .peerSays("\0").weSay("D0755 0 d\n")
      .peerSays("\0").weSay("C0644 1 a\na\0")
      .peerSays("\x01a: no\n");
    const second = insideD().weSay("E\n").peerSays("\0");
    const source = new ScriptedSource(first, { next: { channel: second } });
    await source.send(`${directory.path}/d`);
    second.assertDone();
    assertEquals(source.observer.failures, [
      "a: no",
      `${directory.path}/d/b: No such file or directory`,
    ]);
  },
);

Deno.test("Source: throws a SessionError where a sink that refused nothing stops reading", async () => {
  for (const replies of ["", "\0\0"]) {
    using directory = new TempDirectory();
    makeTree(directory.path, directoryOf("a", "b"));
    const heard = "D0755 0 d\nC0644 1 a\na\0";
    const peer = new DeafPeer(heard.length)
      .peerSays("\0").weSay("D0755 0 d\n")
      .peerSays("\0").weSay("C0644 1 a\na\0")
      .peerSays(replies);
    const source = new ScriptedSource(peer, {
      next: new SessionError("another dialogue was begun"),
    });
    const error = await assertRejects(
      () => source.send(`${directory.path}/d`),
      SessionError,
    );
    assertEquals(
      error.message.replaceAll(directory.path, ""),
      replies === ""
        ? "/d/a and 1 more after it: lost connection"
        : "/d/b: lost connection",
    );
    assertEquals(source.reconnects, 0);
    peer.assertDone();
  }
});

Deno.test("Source: stops speculating where the refusal comes before a file in the directory above", async () => {
  const first = insideD()
    .weSay(`C0644 1 a\na\0C0644 1 b\nb\0${END}C0644 1 f\nf\0`)
    .peerSays("\0\0\x01b: no\n");
  const second = new ScriptedPeer()
    .peerSays("\0").weSay("C0644 1 f\n")
    .peerSays("\0").weSay("f\0")
    .peerSays("\0");
  const { observer } = await sendTwice(first, second, {
    tree: [...directoryOf("a", "b"), { path: "f", content: "f", mode: 0o644 }],
    paths: ["d", "f"],
  });
  assertEquals(observer.failures, ["b: no"]);
});

Deno.test("Source: skips a file that is refused right after it reconnected", async () => {
  const first = insideD()
    .weSay(`C0644 1 a\na\0${END}C0644 1 f\nf\0C0644 1 g\ng\0`)
    .peerSays("\x01a: no\n");
  const second = new ScriptedPeer()
    .peerSays("\0").weSay("C0644 1 f\n")
    .peerSays("\x01f: no\n").weSay("C0644 1 g\n")
    .peerSays("\0").weSay("g\0")
    .peerSays("\0");
  const { observer } = await sendTwice(first, second, {
    tree: [
      ...directoryOf("a"),
      { path: "f", content: "f", mode: 0o644 },
      { path: "g", content: "g", mode: 0o644 },
    ],
    paths: ["d", "f", "g"],
  });
  assertEquals(observer.failures, ["a: no", "f: no"]);
});

Deno.test("Source: ends the progress of a body that is lost in flight", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, directoryOf("a", "b"));
  const heard = "D0755 0 d\nC0644 1 a\na\0";
  const peer = new DeafPeer(heard.length)
    .peerSays("\0").weSay("D0755 0 d\n")
    .peerSays("\0").weSay("C0644 1 a\na\0")
    .peerSays("\0\0");
  const source = new ScriptedSource(peer, {
    next: new SessionError("another dialogue was begun"),
  });
  await assertRejects(() => source.send(`${directory.path}/d`), SessionError);
  assertEquals(source.observer.bodies, ["a 1/1", "b 0/1"]);
});
