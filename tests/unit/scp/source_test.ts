import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EntryError,
  ProtocolError,
  SessionError,
  UnexpectedOutputError,
} from "../../../lib/errors.ts";
import type {
  FileSystem,
  Listing,
} from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { Source, type SourceOptions } from "../../../lib/scp/source.ts";
import { FaultyFileSystem } from "../../support/file_systems/faulty_file_system.ts";
import { listingOf } from "../../support/fixtures/listed_entries.ts";
import { linkTest, onWindows } from "../../support/platform.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { SortedFileSystem } from "../../support/file_systems/sorted_file_system.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

/** Sends paths to a sink that is ready, through the whole dialogue. */
async function send(
  peer: ScriptedPeer,
  paths: readonly string[],
  { files = new SortedFileSystem(), ...options }: Partial<SourceOptions> & {
    files?: FileSystem;
  } = {},
): Promise<RecordingObserver> {
  const observer = new RecordingObserver();
  const source = new Source(
    peer,
    files,
    {
      recursive: false,
      preserve: false,
      dotPaths: "content",
      lockstep: true,
      ...options,
    },
    observer,
  );
  assertEquals(await source.begin(), undefined);
  for (const path of paths) await source.send(path);
  await source.end();
  peer.assertDone();
  return observer;
}

/** A sink that gives `count` acknowledgements in advance, and records the rest. */
function acknowledging(count: number, words: string): ScriptedPeer {
  return new ScriptedPeer().peerSays("\0".repeat(count)).weSay(words);
}

Deno.test("Source: sends a file step by step", async () => {
  for (const grain of [1, Infinity]) {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "a", content: "hello", mode: 0o644 }]);
    const peer = new ScriptedPeer(grain)
      .peerSays("\0").weSay("C0644 5 a\n")
      .peerSays("\0").weSay("hello\0")
      .peerSays("\0");
    const { bodies, failures, verboseLines } = await send(
      peer,
      [`${directory.path}/a`],
    );
    assertEquals(bodies, ["a 5/5"]);
    assertEquals(failures, []);
    assertEquals(verboseLines, ["Sending file modes: C0644 5 a"]);
  }
});

Deno.test("Source: sends the end of an empty body only after its record's reply", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "", mode: 0o644 }]);
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("C0644 0 a\n")
    .peerSays("\0").weSay("\0")
    .peerSays("\0");
  await send(peer, [`${directory.path}/a`]);
});

Deno.test("Source: goes on after a file that is refused", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "a", content: "C0644 5 evil\n", mode: 0o644 },
    { path: "b", content: "bb", mode: 0o644 },
  ]);
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("C0644 13 a\n")
    .peerSays("\x01nope\n").weSay("C0644 2 b\n")
    .peerSays("\0").weSay("bb\0")
    .peerSays("\0");
  const { failures, bodies } = await send(
    peer,
    [`${directory.path}/a`, `${directory.path}/b`],
  );
  assertEquals(failures, ["nope"]);
  assertEquals(bodies, ["b 2/2"]);
});

Deno.test("Source: ends at once where the sink gives up or says something else", async () => {
  for (
    const [words, message] of [
      ["\x02bye\n", "bye"],
      ["hello\n", '"hello\n"'],
      ["hello", '"hello"'],
      ["\n", '"\n"'],
    ] as const
  ) {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "a", content: "hello", mode: 0o644 }]);
    const peer = new ScriptedPeer()
      .peerSays("\0").weSay("C0644 5 a\n")
      .peerSays(words);
    await assertRejects(
      () => send(peer, [`${directory.path}/a`]),
      ProtocolError,
      message,
    );
    peer.assertDone();
  }
});

Deno.test("Source: throws a SessionError where the sink ends in between", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "hello", mode: 0o644 }]);
  for (
    const peer of [
      new ScriptedPeer(),
      new ScriptedPeer().peerSays("\0").weSay("C0644 5 a\n"),
      new ScriptedPeer()
        .peerSays("\0").weSay("C0644 5 a\n")
        .peerSays("\0").weSay("hello\0"),
    ]
  ) {
    await assertRejects(
      () => send(peer, [`${directory.path}/a`]),
      SessionError,
      "lost connection",
    );
    peer.assertDone();
  }
});

Deno.test("Source: skips a directory that is refused, its E too", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/a", content: "a" },
    { path: "d/", mode: 0o755 },
    { path: "f", content: "f", mode: 0o644 },
  ]);
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("D0755 0 d\n")
    .peerSays("\x01nope\n").weSay("C0644 1 f\n")
    .peerSays("\0").weSay("f\0")
    .peerSays("\0");
  const { failures } = await send(
    peer,
    [`${directory.path}/d`, `${directory.path}/f`],
    { recursive: true },
  );
  assertEquals(failures, ["nope"]);
});

Deno.test("Source: skips an entry whose times are refused", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/a", content: "a" },
    { path: "d/", mode: 0o755, modified: 5 },
    { path: "f", content: "f", mode: 0o644, modified: 6 },
  ]);
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("T5 0 5 0\n")
    .peerSays("\x01no times\n").weSay("T6 0 6 0\n")
    .peerSays("\x01no times\n");
  const { failures } = await send(
    peer,
    [`${directory.path}/d`, `${directory.path}/f`],
    { recursive: true, preserve: true },
  );
  assertEquals(failures, ["no times", "no times"]);
});

Deno.test("Source: sends a tree with its times, 1970 for what is older", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "sub/b", content: "bb", mode: 0o644, modified: 1_000_000_000.9 },
    { path: "sub/deep/c", content: "c", mode: 0o644, modified: 7 },
    { path: "sub/deep/", mode: 0o755, modified: 8 },
    { path: "sub/", mode: 0o755, modified: -1000 },
  ]);
  const peer = acknowledging(
    13,
    "T0 0 0 0\nD0755 0 sub\n" +
      "T1000000000 0 1000000000 0\nC0644 2 b\nbb\0" +
      "T8 0 8 0\nD0755 0 deep\n" +
      "T7 0 7 0\nC0644 1 c\nc\0" +
      "E\nE\n",
  );
  const { failures } = await send(peer, [`${directory.path}/sub`], {
    recursive: true,
    preserve: true,
  });
  assertEquals(failures, []);
});

Deno.test("Source: waits after every record of a tree", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/a", content: "a", mode: 0o644 },
    { path: "d/e/", mode: 0o755 },
    { path: "d/", mode: 0o755 },
  ]);
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("D0755 0 d\n")
    .peerSays("\0").weSay("C0644 1 a\n")
    .peerSays("\0").weSay("a\0")
    .peerSays("\0").weSay("D0755 0 e\n")
    .peerSays("\0").weSay("E\n")
    .peerSays("\0").weSay("E\n")
    .peerSays("\0");
  const { verboseLines } = await send(peer, [`${directory.path}/d`], {
    recursive: true,
  });
  assertEquals(verboseLines, [
    "Entering directory: D0755 0 d",
    "Sending file modes: C0644 1 a",
    "Entering directory: D0755 0 e",
  ]);
});

linkTest(
  "Source: warns the sink of a missing entry and goes on without a reply",
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "a", content: "a", mode: 0o644 }]);
    Deno.symlinkSync("nowhere", `${directory.path}/dangling`);
    const missing = `${directory.path}/missing: No such file or directory`;
    const dangling = `${directory.path}/dangling: No such file or directory`;
    const peer = new ScriptedPeer()
      .peerSays("\0")
      .weSay(`\x01scp: ${missing}\n\x01scp: ${dangling}\nC0644 1 a\n`)
      .peerSays("\0").weSay("a\0")
      .peerSays("\0");
    const { failures } = await send(peer, [
      `${directory.path}/missing`,
      `${directory.path}/dangling`,
      `${directory.path}/a`,
    ]);
    assertEquals(failures, [missing, dangling]);
  },
);

Deno.test("Source: sends the content of a directory without a name of its own", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/e/f", content: "f", mode: 0o644 },
    { path: "d/e/", mode: 0o755 },
  ]);
  for (const path of ["d/.", "d/e/..", "d/e/../."]) {
    const peer = acknowledging(5, "D0755 0 e\nC0644 1 f\nf\0E\n");
    const observer = await send(peer, [`${directory.path}/${path}`], {
      recursive: true,
    });
    assertEquals(observer.failures, [], path);
  }
});

Deno.test("Source: announces a directory without a name of its own if told to", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/e/f", content: "f", mode: 0o644 },
    { path: "d/e/", mode: 0o755 },
    { path: "d/", mode: 0o755 },
  ]);
  for (
    const [path, record] of [
      ["d/.", "D0755 0 .\n"],
      ["d/./", "D0755 0 .\n"],
      ["d/e/..", "D0755 0 ..\n"],
    ] as const
  ) {
    const peer = acknowledging(
      7,
      `${record}D0755 0 e\nC0644 1 f\nf\0E\nE\n`,
    );
    const { failures } = await send(peer, [`${directory.path}/${path}`], {
      recursive: true,
      dotPaths: "announced",
    });
    assertEquals(failures, [], path);
  }
});

Deno.test("Source: sends a directory without a name of its own under one it is given", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/", mode: 0o755 },
    { path: "d/f", content: "f", mode: 0o644 },
  ]);
  for (const path of ["d/.", "d/./"]) {
    const peer = acknowledging(5, "D0755 0 new\nC0644 1 f\nf\0E\n");
    const { failures } = await send(peer, [`${directory.path}/${path}`], {
      recursive: true,
      dotPaths: { name: "new" },
    });
    assertEquals(failures, [], path);
  }
});

Deno.test("Source: announces the root by an empty name if told to", async () => {
  for (const path of ["/", "//"]) {
    const { mode } = await new LocalFileSystem().stat("/");
    const digits = (mode & 0o6777).toString(8).padStart(4, "0");
    const peer = new ScriptedPeer()
      .peerSays("\0").weSay(`D${digits} 0 \n`)
      .peerSays("\x01no\n");
    const { failures } = await send(peer, [path], {
      recursive: true,
      dotPaths: "announced",
    });
    assertEquals(failures, ["no"]);
  }
});

Deno.test("Source: names a directory without the slashes after it", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/", mode: 0o755 }]);
  for (const slashes of ["", "/", "///"]) {
    const peer = acknowledging(3, "D0755 0 d\nE\n");
    await send(peer, [`${directory.path}/d${slashes}`], { recursive: true });
  }
});

Deno.test("Source: refuses directories unless it is recursive, and devices always", async () => {
  using directory = new TempDirectory();
  for (
    const [path, recursive] of [
      [directory.path, false],
      ...(onWindows
        ? []
        : [["/dev/null", false], ["/dev/null", true]] as const),
    ] as const
  ) {
    const refusal = `${path}: not a regular file`;
    const peer = acknowledging(1, `\x01scp: ${refusal}\n`);
    const { failures } = await send(peer, [path], { recursive });
    assertEquals(failures, [refusal]);
  }
});

Deno.test("Source: refuses an entry that is no file any more once it is open", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "a" }]);
  const attributes = {
    ...await new LocalFileSystem().stat(`${directory.path}/a`),
    kind: "other",
  } as const;
  const refusal = `${directory.path}/a: not a regular file`;
  const peer = acknowledging(1, `\x01scp: ${refusal}\n`);
  const { failures } = await send(peer, [`${directory.path}/a`], {
    files: new FaultyFileSystem({ stat: async () => attributes }),
  });
  assertEquals(failures, [refusal]);
});

linkTest("Source: follows links to files and directories", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "real/f", content: "f", mode: 0o644 },
    { path: "real/", mode: 0o755 },
    { path: "d/", mode: 0o755 },
  ]);
  Deno.symlinkSync("../real", `${directory.path}/d/l`);
  const peer = acknowledging(
    7,
    "D0755 0 d\nD0755 0 l\nC0644 1 f\nf\0E\nE\n",
  );
  await send(peer, [`${directory.path}/d`], { recursive: true });
});

linkTest(
  "Source: does not follow a link back into a directory it is sending",
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      { path: "d/e/", mode: 0o755 },
      { path: "d/", mode: 0o755 },
    ]);
    Deno.symlinkSync("..", `${directory.path}/d/e/up`);
    const refusal =
      `${directory.path}/d/e/up: Too many levels of symbolic links: ` +
      `it is ${directory.path}/d again`;
    const peer = acknowledging(
      5,
      `D0755 0 d\nD0755 0 e\n\x01scp: ${refusal}\nE\nE\n`,
    );
    const { failures } = await send(peer, [`${directory.path}/d`], {
      recursive: true,
    });
    assertEquals(failures, [refusal]);
  },
);

Deno.test("Source: sends the modes that the disk gives", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/f", content: "", mode: 0o440 },
    { path: "d/", mode: 0o750 },
  ]);
  const [directoryMode, fileMode] = onWindows
    ? ["0755", "0444"]
    : ["0750", "0440"];
  const peer = acknowledging(
    5,
    `D${directoryMode} 0 d\nC${fileMode} 0 f\n\0E\n`,
  );
  await send(peer, [`${directory.path}/d`], { recursive: true });
});

Deno.test("Source: sends set-id bits and never the sticky bit", {
  ignore: onWindows, // No mode there has any.
}, async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/f", content: "", mode: 0o4755 },
    { path: "d/", mode: 0o1777 },
  ]);
  const peer = acknowledging(5, "D0777 0 d\nC4755 0 f\n\0E\n");
  await send(peer, [`${directory.path}/d`], { recursive: true });
});

Deno.test("Source: sends only the announced size of a file that grows", async () => {
  using directory = new TempDirectory();
  const content = "hello world".repeat(6000);
  const sent = content.slice(0, 65_537);
  makeTree(directory.path, [
    { path: "a", content, mode: 0o644 },
    { path: "b", content, mode: 0o644 },
  ]);
  const attributes = await new LocalFileSystem().stat(`${directory.path}/a`);
  const files = new FaultyFileSystem({
    stat: async () => ({ ...attributes, size: 65_537 }),
  });
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("C0644 65537 a\n")
    .peerSays("\0").weSay(`${sent}\0`)
    .peerSays("\0").weSay("C0644 65537 b\n")
    .peerSays("\0").weSay(`${sent}\0`)
    .peerSays("\0");
  const { failures } = await send(
    peer,
    [`${directory.path}/a`, `${directory.path}/b`],
    { files },
  );
  assertEquals(failures, []);
});

Deno.test("Source: sends zeros and the reason for the missing end of a file that shrinks", async () => {
  using directory = new TempDirectory();
  const content = "hello".repeat(14_000);
  makeTree(directory.path, [{ path: "a", content, mode: 0o644 }]);
  const attributes = await new LocalFileSystem().stat(`${directory.path}/a`);
  const files = new FaultyFileSystem({
    stat: async () => ({ ...attributes, size: 70_003 }),
  });
  const why = `${directory.path}/a: the file shrank while it was read: ` +
    "70000 of 70003 bytes were there, zeros were sent for the rest";
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("C0644 70003 a\n")
    .peerSays("\0").weSay(`${content}\0\0\0\x01scp: ${why}\n`)
    .peerSays("\0").weSay("\x01scp: missing: No such file or directory\n");
  const { failures, bodies } = await send(
    peer,
    [`${directory.path}/a`, "missing"],
    { files },
  );
  assertEquals(failures, [why, "missing: No such file or directory"]);
  assertEquals(bodies, ["a 70000/70003"]);
});

Deno.test("Source: sends zeros and the reason where a file cannot be read", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "hello", mode: 0o644 }]);
  const files = new FaultyFileSystem({
    read: async () => {
      throw new EntryError("a: Input/output error");
    },
  });
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("C0644 5 a\n")
    .peerSays("\0").weSay("\0\0\0\0\0\x01scp: a: Input/output error\n")
    .peerSays("\0");
  const { failures } = await send(peer, [`${directory.path}/a`], { files });
  assertEquals(failures, ["a: Input/output error"]);
});

Deno.test("Source: reports that the sink could not store a file and goes on", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "a", content: "a", mode: 0o644 },
    { path: "b", content: "b", mode: 0o644 },
  ]);
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("C0644 1 a\n")
    .peerSays("\0").weSay("a\0")
    .peerSays("\x01scp: a: No space left on device\n").weSay("C0644 1 b\n")
    .peerSays("\0").weSay("b\0")
    .peerSays("\0");
  const { failures } = await send(
    peer,
    [`${directory.path}/a`, `${directory.path}/b`],
  );
  assertEquals(failures, ["scp: a: No space left on device"]);
});

Deno.test("Source: skips a directory that cannot be listed, and sends no D", async () => {
  using directory = new TempDirectory();
  class Unlistable extends LocalFileSystem {
    override async readdir(path: string): Promise<never> {
      throw new EntryError(`${path}: Permission denied`);
    }
  }
  const refusal = `${directory.path}: Permission denied`;
  const peer = acknowledging(1, `\x01scp: ${refusal}\n`);
  const { failures } = await send(peer, [directory.path], {
    recursive: true,
    files: new Unlistable(),
  });
  assertEquals(failures, [refusal]);
});

Deno.test("Source: closes a directory whose listing breaks off", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/a", content: "a", mode: 0o644 },
    { path: "d/", mode: 0o755 },
  ]);
  class Breaking extends LocalFileSystem {
    override async readdir(path: string): Promise<Listing> {
      return listingOf((async function* () {
        yield { name: "a" };
        throw new EntryError(`${path}: Input/output error`);
      })());
    }
  }
  const refusal = `${directory.path}/d: Input/output error`;
  const peer = acknowledging(
    5,
    `D0755 0 d\nC0644 1 a\na\0\x01scp: ${refusal}\nE\n`,
  );
  const { failures } = await send(peer, [`${directory.path}/d`], {
    recursive: true,
    files: new Breaking(),
  });
  assertEquals(failures, [refusal]);
});

Deno.test("Source: sends a name with a newline encoded, and warns of it", {
  ignore: onWindows, // No name there holds one.
}, async () => {
  using directory = new TempDirectory();
  const name = "a\nC0644 1 é";
  makeTree(directory.path, [{ path: name, content: "a", mode: 0o644 }]);
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("C0644 1 a\\^JC0644 1 \\M-C\\M-)\n")
    .peerSays("\0").weSay("a\0")
    .peerSays("\0");
  const { warnings, failures } = await send(peer, [
    `${directory.path}/${name}`,
  ]);
  assertEquals(failures, []);
  assertEquals(warnings.length, 1);
  assert(warnings[0]!.startsWith(`${directory.path}/${name}: `));
});

Deno.test("Source: warns of a missing name with a newline in one line", async () => {
  const peer = acknowledging(
    1,
    "\x01scp: no\\^JE: No such file or directory\n",
  );
  await send(peer, ["no\nE"]);
});

Deno.test("Source: skips a name that fits no record", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "a", mode: 0o644 }]);
  const name = "a".repeat(2048);
  class LongNames extends LocalFileSystem {
    override nameOf(): string {
      return name;
    }
  }
  const shown = `${name.slice(0, 240)}…`;
  const peer = acknowledging(1, `\x01scp: ${shown}: name too long\n`);
  const { failures } = await send(peer, [`${directory.path}/a`], {
    preserve: true,
    files: new LongNames(),
  });
  assertEquals(failures.length, 1);
});

/** A source of nothing so far, towards a peer. */
function sourceTo(peer: ScriptedPeer): Source {
  return new Source(
    peer,
    new SortedFileSystem(),
    {
      recursive: true,
      preserve: false,
      dotPaths: "content",
      lockstep: true,
    },
    new RecordingObserver(),
  );
}

Deno.test("begin(): resolves to the words of a sink that refuses its target", async () => {
  const peer = new ScriptedPeer().peerSays("\x01scp: /x: Not a directory\n");
  assertEquals(
    await sourceTo(peer).begin(),
    "scp: /x: Not a directory",
  );
  peer.assertDone();
});

Deno.test("begin(): throws the words of a sink that is not ready", async () => {
  for (
    const [words, name, message] of [
      ["\x02bye\n", "RefusalError", "bye"],
      [
        "Welcome\n",
        "UnexpectedOutputError",
        'the remote said "Welcome\n" instead of an acknowledgement',
      ],
    ] as const
  ) {
    const peer = new ScriptedPeer().peerSays(words);
    const error = await assertRejects(
      () => sourceTo(peer).begin(),
      ProtocolError,
    );
    assertEquals([error.name, error.message], [name, message]);
    peer.assertDone();
  }
});

Deno.test("Source: offers its entries to a sink that refused its target", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "a", mode: 0o644 }]);
  const peer = new ScriptedPeer()
    .peerSays("\x01nope\n").weSay("C0644 1 a\n")
    .peerSays("\0").weSay("a\0")
    .peerSays("\0");
  const source = sourceTo(peer);
  assertEquals(await source.begin(), "nope");
  await source.send(`${directory.path}/a`);
  peer.assertDone();
});

/**
 * Words of the sink and the source in turn, up to the words that break the
 * protocol, and the class of the error. Once a directory was announced, nothing is
 * to be sent again.
 */
const ENDS: readonly (readonly [
  dialogue: readonly string[],
  name: "UnexpectedOutputError" | "ProtocolError" | "RefusalError",
])[] = [
  [["Welcome\n"], "UnexpectedOutputError"],
  [["\x02bye\n"], "RefusalError"],
  [["\0", "C0644 1 f\n", "hi\n"], "UnexpectedOutputError"],
  [["\0", "C0644 1 f\n", "\0", "f\0", "hi\n"], "UnexpectedOutputError"],
  [["\0", "C0644 1 f\n", "\x02bye\n"], "RefusalError"],
  [
    ["\0", "C0644 1 f\n", "\x01no\n", "C0644 1 g\n", "hi\n"],
    "UnexpectedOutputError",
  ],
  [
    ["\0", "C0644 1 f\n", "\0", "f\0", "\0", "C0644 1 g\n", "hi\n"],
    "ProtocolError",
  ],
  [["\0", "D0755 0 d\n", "\n"], "ProtocolError"],
  [["\0", "D0755 0 d\n", "\x02bye\n"], "RefusalError"],
  [["\0", "D0755 0 d\n", "\0", "C0644 1 x\n", "hi\n"], "ProtocolError"],
];

Deno.test("Source: does not take an entry that it could not offer for proof of the sink", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "f", mode: 0o644 }]);
  const gone = `${directory.path}/gone`;
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay(`\x01scp: ${gone}: No such file or directory\n`)
    .weSay("C0644 1 f\n").peerSays("hi\n");
  const source = sourceTo(peer);
  await source.begin();
  await source.send(gone);
  await assertRejects(
    () => source.send(`${directory.path}/f`),
    UnexpectedOutputError,
  );
  peer.assertDone();
});

for (const [dialogue, name] of ENDS) {
  Deno.test(`Source: throws a ${name} at the end of ${JSON.stringify(dialogue)}`, async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      { path: "d/x", content: "x", mode: 0o644 },
      { path: "d/", mode: 0o755 },
      { path: "f", content: "f", mode: 0o644 },
      { path: "g", content: "g", mode: 0o644 },
    ]);
    const peer = new ScriptedPeer();
    for (const [at, words] of dialogue.entries()) {
      if (at % 2 === 0) peer.peerSays(words);
      else peer.weSay(words);
    }
    const source = sourceTo(peer);
    const error = await assertRejects(async () => {
      await source.begin();
      const isDirectory = dialogue[1]?.startsWith("D");
      for (const name of isDirectory ? ["d"] : ["f", "g"]) {
        await source.send(`${directory.path}/${name}`);
      }
    }, ProtocolError);
    assertEquals(error.name, name);
    peer.assertDone();
  });
}
