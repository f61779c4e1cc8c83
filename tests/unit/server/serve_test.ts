import type { ServeRequest } from "../../../lib/options/copy_options.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import type { Platform } from "../../../lib/names/names.ts";
import { serve } from "../../../lib/server/serve.ts";
import { lacksDevices, testUnless } from "../../support/c_library.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { keptMode } from "../../support/platform.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree, type TreeEntry } from "../../support/fixtures/tree.ts";

/** Gives the request of a client that starts scp with these letters. */
function asked(letters: string, paths: readonly string[]): ServeRequest {
  const has = (letter: string) => letters.includes(letter);
  return {
    role: has("f") ? "source" : "sink",
    paths,
    recursive: has("r"),
    preserve: has("p"),
    targetIsDirectory: has("d"),
    verbose: has("v"),
  };
}

/** End of a server. */
interface Ending {
  readonly status: 0 | 1;
  /** Lines on standard error. */
  readonly said: readonly string[];
}

/** Serves a whole dialogue under the umask 022; checks that the channel is closed. */
async function serveAll(
  request: ServeRequest,
  peer: ScriptedPeer,
  files = new LocalFileSystem(),
  platform: Platform = "posix",
): Promise<Ending> {
  const said: string[] = [];
  const umask = Deno.umask(0o022);
  try {
    const status = await serve(request, {
      channel: peer,
      files,
      platform,
      say: (line) => said.push(line),
    });
    peer.assertDone();
    return { status, said };
  } finally {
    Deno.umask(umask);
    assert(peer.isClosed);
  }
}

/** A dialogue with an scp that a client started. */
interface Row {
  readonly name: string;
  /** Its letters, without the dash. */
  readonly letters: string;
  /** Its operands, below the directory that is `d`; in there, if absent. */
  readonly paths?: readonly string[];
  /** Entries of `d` before. */
  readonly before?: readonly TreeEntry[];
  /** Adds the dialogue; `d` is the directory's path. */
  script(peer: ScriptedPeer, d: string): ScriptedPeer;
  readonly status: 0 | 1;
  /** Entries of `d` afterwards; as before, if absent. */
  readonly left?: readonly string[];
  /** Checks anything else. */
  check?(d: string): void;
}

function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o7777;
}

function secondsOf(path: string): [modified: number, accessed: number] {
  const { mtime, atime } = Deno.statSync(path);
  return [mtime!.getTime() / 1000, atime!.getTime() / 1000];
}

/** Two files and a directory, for a source. */
const SOURCES: readonly TreeEntry[] = [
  { path: "a", content: "alpha", mode: 0o644 },
  { path: "b", content: "data", mode: 0o644 },
  { path: "sub/c", content: "c", mode: 0o644 },
  { path: "sub/", mode: 0o755 },
];

const SOURCES_LISTED = ['a = "alpha"', 'b = "data"', "sub/", 'sub/c = "c"'];

const SINK_ROWS: readonly Row[] = [
  {
    name: "takes a file",
    letters: "t",
    script: (peer) =>
      peer.weSay("\0").peerSays("C0644 3 a\n")
        .weSay("\0").peerSays("abc\0")
        .weSay("\0"),
    status: 0,
    left: ['a = "abc"'],
  },
  {
    name: "takes files that come glued together",
    letters: "t",
    script: (peer) =>
      peer.weSay("\0").peerSays("C0644 3 a\nabc\0C0644 2 b\nxy\0")
        .weSay("\0\0\0\0"),
    status: 0,
    left: ['a = "abc"', 'b = "xy"'],
  },
  {
    name: "gives a file its times without -p, too",
    letters: "t",
    script: (peer) =>
      peer.weSay("\0")
        .peerSays("T1000000000 0 1000000001 0\nC0644 3 t\nabc\0")
        .weSay("\0\0\0"),
    status: 0,
    left: ['t = "abc"'],
    check: (d) =>
      assertEquals(secondsOf(`${d}/t`), [1_000_000_000, 1_000_000_001]),
  },
  {
    name: "goes on after a file that it refused, and ends with 1",
    letters: "t",
    before: [{ path: "isdir/" }],
    script: (peer, d) =>
      peer.weSay("\0").peerSays("C0644 3 isdir\n")
        .weSay(`\x01scp: ${d}/isdir: Is a directory\n`)
        .peerSays("C0644 2 ok\n")
        .weSay("\0").peerSays("xy\0")
        .weSay("\0"),
    status: 1,
    left: ["isdir/", 'ok = "xy"'],
  },
  {
    name: "takes a refused file's bytes for a record that is cut",
    letters: "t",
    before: [{ path: "isdir/" }],
    script: (peer, d) =>
      peer.weSay("\0").peerSays("C0644 3 isdir\nabc\0")
        .weSay(`\x01scp: ${d}/isdir: Is a directory\n`).peerEnds()
        .weSay("\x01scp: protocol error: lost connection\n"),
    status: 1,
  },
  {
    name: "puts what a refused directory holds beside it, and ends at its E",
    letters: "rt",
    before: [{ path: "f", content: "was" }],
    script: (peer, d) =>
      peer.weSay("\0").peerSays("D0755 0 f\n")
        .weSay(`\x01scp: ${d}/f: Not a directory\n`).peerSays("C0644 1 x\n")
        .weSay("\0").peerSays("x\0")
        .weSay("\0").peerSays("E\n")
        .weSay("\0"),
    status: 1,
    left: ['f = "was"', 'x = "x"'],
  },
  {
    name: "ends well at an E that ends nothing",
    letters: "rt",
    script: (peer) => peer.weSay("\0").peerSays("E\n").weSay("\0"),
    status: 0,
  },
  {
    name: "ends well where nothing comes",
    letters: "t",
    script: (peer) => peer.weSay("\0"),
    status: 0,
  },
  {
    name: "ends with 1 for a source's warning, and does not answer it",
    letters: "t",
    script: (peer) => peer.weSay("\0").peerSays("\x01oops\n"),
    status: 1,
  },
  {
    name: "ends at once where the source gives up",
    letters: "t",
    script: (peer) => peer.weSay("\0").peerSays("\x02bye\n"),
    status: 1,
  },
  {
    name: "keeps a file that its source could not read whole, times and all",
    letters: "pt",
    script: (peer) =>
      peer.weSay("\0").peerSays("T1000000000 0 1000000001 0\n")
        .weSay("\0").peerSays("C0640 3 e\n")
        .weSay("\0").peerSays("abc\x01scp: e: Input/output error\n")
        .weSay("\0"),
    status: 1,
    left: ['e = "abc"'],
    check: (d) => {
      assertEquals(secondsOf(`${d}/e`), [1_000_000_000, 1_000_000_001]);
      assertEquals(modeOf(`${d}/e`), keptMode(0o640));
    },
  },
  {
    name: "ends without an answer where a body is followed by nonsense",
    letters: "t",
    script: (peer) =>
      peer.weSay("\0").peerSays("C0644 3 e\n")
        .weSay("\0").peerSays("abcZzz\n"),
    status: 1,
    left: ['e = "abc"'],
  },
  {
    name: "refuses a missing target that has to be a directory",
    letters: "dt",
    paths: ["missing"],
    script: (peer, d) =>
      peer.weSay(`\x01scp: ${d}/missing: No such file or directory\n`),
    status: 1,
  },
  {
    name: "refuses a file for a target that has to be a directory",
    letters: "dt",
    paths: ["f"],
    before: [{ path: "f", content: "was" }],
    script: (peer, d) => peer.weSay(`\x01scp: ${d}/f: Not a directory\n`),
    status: 1,
  },
  {
    name: "refuses a file below a directory that is not there",
    letters: "t",
    paths: ["no/pe"],
    script: (peer, d) =>
      peer.weSay("\0").peerSays("C0644 1 a\n")
        .weSay(`\x01scp: ${d}/no/pe: No such file or directory\n`),
    status: 1,
  },
  {
    name: "makes a missing target of a directory that is sent",
    letters: "rt",
    paths: ["new"],
    script: (peer) =>
      peer.weSay("\0").peerSays("D0750 0 zz\n")
        .weSay("\0").peerSays("C0644 1 a\n")
        .weSay("\0").peerSays("a\0")
        .weSay("\0").peerSays("E\n")
        .weSay("\0"),
    status: 0,
    left: ["new/", 'new/a = "a"'],
    check: (d) => assertEquals(modeOf(`${d}/new`), keptMode(0o750)),
  },
  {
    name: "ends well where the stream ends inside a directory",
    letters: "rt",
    script: (peer) =>
      peer.weSay("\0").peerSays("D0755 0 dd\n")
        .weSay("\0"),
    status: 0,
    left: ["dd/"],
  },
  {
    name: "ends with 1 where the stream ends inside a file, cut to what came",
    letters: "t",
    before: [{ path: "a", content: "older and longer" }],
    script: (peer) =>
      peer.weSay("\0").peerSays("C0644 5 a\n")
        .weSay("\0").peerSays("ab").peerEnds()
        .weSay("\x01scp: Broken pipe\n"),
    status: 1,
    left: ['a = "ab"'],
  },
  {
    name: "lets one file overwrite another in a target that is no directory",
    letters: "t",
    paths: ["f"],
    script: (peer) =>
      peer.weSay("\0").peerSays("C0644 5 a\nfirst\0C0644 3 b\n2nd\0")
        .weSay("\0\0\0\0"),
    status: 0,
    left: ['f = "2nd"'],
  },
  {
    name: "takes any names, asked for or not",
    letters: "t",
    script: (peer) =>
      peer.weSay("\0").peerSays("C0644 1 .bashrc\nx\0")
        .weSay("\0\0"),
    status: 0,
    left: ['.bashrc = "x"'],
  },
  {
    name: "refuses a directory without -r",
    letters: "t",
    script: (peer) =>
      peer.weSay("\0").peerSays("D0755 0 dd\n")
        .weSay("\x01scp: protocol error: received directory without -r\n"),
    status: 1,
  },
  {
    name: "refuses a name that leads out of its target",
    letters: "rpt",
    script: (peer) =>
      peer.weSay("\0").peerSays("D0777 0 ..\n")
        .weSay("\x01scp: error: unexpected filename: ..\n"),
    status: 1,
  },
  {
    name: "answers unexpected output by quoting it",
    letters: "t",
    script: (peer) =>
      peer.weSay("\0").peerSays("Welcome\n")
        .weSay("\x01scp: Welcome\n"),
    status: 1,
  },
  {
    name: "takes no set-id bits without -p",
    letters: "t",
    script: (peer) =>
      peer.weSay("\0").peerSays("C6777 1 x\nx\0")
        .weSay("\0\0"),
    status: 0,
    left: ['x = "x"'],
    check: (d) => assertEquals(modeOf(`${d}/x`), keptMode(0o755)),
  },
  {
    name: "takes set-id bits with -p",
    letters: "rpt",
    script: (peer) =>
      peer.weSay("\0").peerSays("D2777 0 s\nE\n")
        .weSay("\0\0"),
    status: 0,
    left: ["s/"],
    check: (d) => assertEquals(modeOf(`${d}/s`), keptMode(0o2777)),
  },
  {
    name: "refuses to choose among two targets",
    letters: "t",
    paths: ["a", "b"],
    script: (peer) => peer.weSay("\x01scp: ambiguous target\n"),
    status: 1,
  },
  {
    name: "refuses to choose a target by itself",
    letters: "drt",
    paths: [],
    script: (peer) => peer.weSay("\x01scp: ambiguous target\n"),
    status: 1,
  },
];

const SOURCE_ROWS: readonly Row[] = [
  {
    name: "sends a file",
    letters: "f",
    paths: ["a"],
    script: (peer) =>
      peer.peerSays("\0").weSay("C0644 5 a\n")
        .peerSays("\0").weSay("alpha\0")
        .peerSays("\0"),
    status: 0,
  },
  {
    name: "goes on after a file that is refused, and ends with 1",
    letters: "f",
    paths: ["a", "b"],
    script: (peer) =>
      peer.peerSays("\0").weSay("C0644 5 a\n")
        .peerSays("\x01nope\n").weSay("C0644 4 b\n")
        .peerSays("\0").weSay("data\0")
        .peerSays("\0"),
    status: 1,
  },
  {
    name: "offers its files to a client that refuses its own target",
    letters: "f",
    paths: ["a"],
    script: (peer) =>
      peer.peerSays("\x01nope\n").weSay("C0644 5 a\n")
        .peerSays("\0").weSay("alpha\0")
        .peerSays("\0"),
    status: 1,
  },
  {
    name: "sends nothing before the client is ready",
    letters: "f",
    paths: ["a"],
    script: (peer) => peer,
    status: 1,
  },
  {
    name: "ends at once where the client gives up",
    letters: "f",
    paths: ["a", "b"],
    script: (peer) =>
      peer.peerSays("\0").weSay("C0644 5 a\n").peerSays("\x02x\n"),
    status: 1,
  },
  {
    name: "ends at once where the client says something else",
    letters: "f",
    paths: ["a", "b"],
    script: (peer) =>
      peer.peerSays("\0").weSay("C0644 5 a\n").peerSays("hello\n"),
    status: 1,
  },
  {
    name: "ends with 1 where the client vanishes",
    letters: "f",
    paths: ["a", "b"],
    script: (peer) =>
      peer.peerSays("\0").weSay("C0644 5 a\n")
        .peerSays("\0").weSay("alpha\0"),
    status: 1,
  },
  {
    name: "sends no E for a directory that is refused",
    letters: "rf",
    paths: ["sub"],
    script: (peer) =>
      peer.peerSays("\0").weSay("D0755 0 sub\n").peerSays("\x01nope\n"),
    status: 1,
  },
  {
    name: "sends a directory with its times",
    letters: "prf",
    paths: ["sub"],
    before: [
      { path: "sub/c", content: "c", mode: 0o644, modified: 7 },
      { path: "sub/", mode: 0o755, modified: -1000 },
    ],
    script: (peer) =>
      peer.peerSays("\0".repeat(7))
        .weSay("T0 0 0 0\nD0755 0 sub\nT7 0 7 0\nC0644 1 c\nc\0E\n"),
    status: 0,
    left: ["sub/", 'sub/c = "c"'],
  },
  {
    name: "reports a missing source and sends the next one in one write",
    letters: "f",
    paths: ["missing", "a"],
    script: (peer, d) =>
      peer.peerSays("\0")
        .weSay(`\x01scp: ${d}/missing: No such file or directory\nC0644 5 a\n`)
        .peerSays("\0").weSay("alpha\0")
        .peerSays("\0"),
    status: 1,
  },
  {
    name: "announces a dot path",
    letters: "rf",
    paths: ["sub/."],
    script: (peer) =>
      peer.peerSays("\0".repeat(5)).weSay("D0755 0 .\nC0644 1 c\nc\0E\n"),
    status: 0,
  },
  {
    name: "does not send a directory without -r",
    letters: "f",
    paths: ["sub"],
    script: (peer, d) =>
      peer.peerSays("\0").weSay(`\x01scp: ${d}/sub: not a regular file\n`),
    status: 1,
  },
  {
    name: "does not expand patterns",
    letters: "f",
    paths: ["*"],
    script: (peer, d) =>
      peer.peerSays("\0").weSay(`\x01scp: ${d}/*: No such file or directory\n`),
    status: 1,
  },
  {
    name: "ends well where it has nothing to send",
    letters: "f",
    paths: [],
    script: (peer) => peer.peerSays("\0"),
    status: 0,
  },
  {
    name: "does not mind -d",
    letters: "df",
    paths: ["a"],
    script: (peer) => peer.peerSays("\0".repeat(3)).weSay("C0644 5 a\nalpha\0"),
    status: 0,
  },
];

for (
  const { name, letters, script, status, check, ...row } of [
    ...SINK_ROWS,
    ...SOURCE_ROWS.map((row) => ({
      before: SOURCES,
      left: SOURCES_LISTED,
      ...row,
    })),
  ] as readonly Row[]
) {
  Deno.test({
    name: `serve(): -${letters} ${name}`,
    fn: async () => {
      using directory = new TempDirectory();
      const d = directory.path;
      makeTree(d, row.before ?? []);
      // Reading what is there would change its times.
      const left = row.left ?? listing(d);
      const paths = row.paths?.map((path) => `${d}/${path}`) ?? [d];
      assertEquals(
        await serveAll(asked(letters, paths), script(new ScriptedPeer(), d)),
        { status, said: [] },
      );
      check?.(d);
      assertEquals(listing(d), left);
    },
  });
}

Deno.test({
  name: "serve(): refuses a file for a missing target that ends in a slash",
  ignore: Deno.build.os !== "linux", // The words are that system's own.
  fn: async () => {
    using directory = new TempDirectory();
    const target = `${directory.path}/nope/`;
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays("C0644 1 a\n")
      .weSay(`\x01scp: ${target}: Is a directory\n`);
    assertEquals((await serveAll(asked("t", [target]), peer)).status, 1);
    assertEquals(listing(directory.path), []);
  },
});

testUnless(
  lacksDevices,
  "serve(): answers a full disk after the body",
  async () => {
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays("C0644 3 a\n")
      .weSay("\0").peerSays("abc\0")
      .weSay("\x01scp: /dev/full: No space left on device\n");
    assertEquals(await serveAll(asked("t", ["/dev/full"]), peer), {
      status: 1,
      said: [],
    });
  },
);

Deno.test("serve(): announces the root by an empty name", async () => {
  const { mode } = await new LocalFileSystem().stat("/");
  const digits = (mode & 0o6777).toString(8);
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay(`D${digits.padStart(4, "0")} 0 \n`)
    .peerSays("\x01no\n");
  assertEquals((await serveAll(asked("rf", ["/"]), peer)).status, 1);
});

Deno.test("serve(): writes each step to standard error if it is verbose", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "a", content: "alpha", mode: 0o644, modified: 7 },
  ]);
  const source = new ScriptedPeer()
    .peerSays("\0\0\0\0").weSay("T7 0 7 0\nC0644 5 a\nalpha\0");
  assertEquals(
    await serveAll(asked("vpf", [`${directory.path}/a`]), source),
    {
      status: 0,
      said: [
        "Sending file timestamps: T7 0 7 0",
        "Sending file modes: C0644 5 a",
      ],
    },
  );
  const sink = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 1 b\x7f[2J\nb\0")
    .weSay("\0\0").peerSays("\x01oops\n");
  const { said } = await serveAll(asked("vt", [directory.path]), sink);
  assertEquals(said, ["Sink: C0644 1 b\\177[2J", "Sink: \\001oops"]);
});

Deno.test("serve(): expands patterns on Windows; one without a match is missing", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, SOURCES);
  const d = directory.path;
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("C0644 5 a\n")
    .peerSays("\0").weSay("alpha\0")
    .peerSays("\0").weSay("C0644 4 b\n")
    .peerSays("\0").weSay("data\0")
    .peerSays("\0")
    .weSay(`\x01scp: ${d}/*.none: No such file or directory\n`);
  assertEquals(
    await serveAll(
      asked("f", [`${d}/[AB]`, `${d}/*.none`]),
      peer,
      new LocalFileSystem(),
      "windows",
    ),
    { status: 1, said: [] },
  );
});

Deno.test("serve(): throws a mistake of the program, and closes the channel", async () => {
  class Broken extends LocalFileSystem {
    override async stat(): Promise<never> {
      throw new TypeError("a mistake");
    }
  }
  const peer = new ScriptedPeer().peerSays("\0");
  await assertRejects(
    () => serveAll(asked("f", ["a"]), peer, new Broken()),
    TypeError,
    "a mistake",
  );
});
