import { assert, assertEquals, assertRejects } from "@std/assert";
import type { CopyOptions } from "../../../lib/options/copy_options.ts";
import { type BeginNext, nextUpload } from "../../../lib/routes/next_upload.ts";
import type { RemoteScp } from "../../../lib/routes/remote_scp.ts";
import { ProtocolError, SessionError } from "../../../lib/errors.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import type { Reconnection } from "../../../lib/scp/reconnect.ts";
import { isStorable, linkTest } from "../../support/platform.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

const THERE = "\0";
/** Answers of what is there and takes times, each with what it answers. */
const PROBED = "probed";
/** The same of what is missing, for a sink that looks late. */
const LATE = "late";
const MISSING = "\x01scp: no/d: No such file or directory\n";

const OPTIONS: CopyOptions = {
  recursive: true,
  preserve: false,
  checkNames: true,
  targetIsDirectory: false,
  throughHere: false,
  verbose: false,
  sftpTuning: {},
  lockstep: false,
  ssh: { program: "ssh", flags: [] },
};

/** How to go on with an upload of paths in a directory, if that can be told. */
async function decide(
  directory: TempDirectory,
  paths: readonly string[],
  target: string,
  { targetIsDirectory = false, isOld = true } = {},
): Promise<BeginNext | undefined> {
  return await nextUpload(
    paths.map((path) => `${directory.path}/${path}`),
    { kind: "remote", host: "far", path: target },
    {
      files: new LocalFileSystem(),
      options: { ...OPTIONS, ...(isOld ? { protocol: "scp" } : {}) },
      targetIsDirectory,
    },
  );
}

/** Where scp was started once more, and what it led to. */
interface Begun {
  readonly restarts: readonly string[];
  readonly next: Reconnection;
  /** What the scp that was started last is talked to through. */
  readonly last: ScriptedPeer;
}

/** Begins the next dialogue with an scp that says these when it is started. */
async function begin(
  beginNext: BeginNext,
  ...answers: readonly string[]
): Promise<Begun> {
  const restarts: string[] = [];
  const channels: ScriptedPeer[] = [];
  const scp: Pick<RemoteScp, "restart"> = {
    restart: async ({ path }) => {
      const answer = answers[restarts.length]!;
      const channel = answer === PROBED || answer === LATE
        ? new ScriptedPeer().peerSays("\0").weSay("T0 0 0 0\n")
          .peerSays(answer === PROBED ? "\0" : MISSING)
        : new ScriptedPeer().peerSays(answer);
      restarts.push(path);
      channels.push(channel);
      return channel;
    },
  };
  const next = await beginNext(scp as RemoteScp);
  return { restarts, next, last: channels.at(-1)! };
}

/** A directory with `d`, which holds `f`, and with the file `f`. */
function near(): TempDirectory {
  const directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "d/f", content: "f" },
    { path: "f", content: "f" },
  ]);
  return directory;
}

for (
  const target of [
    "",
    "~",
    "~user",
    "~user/",
    "dir/..",
    "/",
    ".",
    "..",
    "a/.",
    "a/..",
    "/.",
    "a b/..",
    "*/.",
  ]
) {
  Deno.test(`nextUpload() goes on in ${JSON.stringify(target)}, which is a directory if anything`, async () => {
    using directory = near();
    const beginNext = await decide(directory, ["d"], target);
    const { restarts, next, last } = await begin(beginNext!, THERE);
    assertEquals(restarts, [target]);
    assertEquals(next, { channel: last });
  });
}

for (const target of ["new", "a b", "*", "$HOME", "é"]) {
  Deno.test(`nextUpload() goes on in ${JSON.stringify(target)} if that has to be a directory`, async () => {
    using directory = near();
    const beginNext = await decide(directory, ["f", "d"], target, {
      targetIsDirectory: true,
    });
    const { restarts, next, last } = await begin(beginNext!, THERE);
    assertEquals(restarts, [target]);
    assertEquals(next, { channel: last });
  });
}

/** A target, the path it is asked for, and what is where it was missing. */
const TARGETS: readonly (readonly [
  target: string,
  inTarget: string,
  above: string,
  outermost: string,
])[] = [
  ["new", "new/d", ".", "new"],
  ["new/", "new/d", ".", "new"],
  ["new//", "new/d", ".", "new"],
  ["/new", "/new/d", "/", "new"],
  ["//new", "//new/d", "//", "new"],
  ["a/new", "a/new/d", "a/", "new"],
  ["/srv/www/new/", "/srv/www/new/d", "/srv/www/", "new"],
  ["~/new", "~/new/d", "~/", "new"],
  ["~user/new", "~user/new/d", "~user/", "new"],
  ["../new", "../new/d", "../", "new"],
  ["a/../new", "a/../new/d", "a/../", "new"],
  [".hidden", ".hidden/d", ".", ".hidden"],
  ["...", ".../d", ".", "..."],
  ["-x", "-x/d", ".", "-x"],
  ["é", "é/d", ".", "é"],
  ["a.b_c+d,e:f@g=h-i", "a.b_c+d,e:f@g=h-i/d", ".", "a.b_c+d,e:f@g=h-i"],
];

for (const [target, inTarget, above, outermost] of TARGETS) {
  Deno.test(`nextUpload() asks whether ${inTarget} came to be, for the target ${target}`, async () => {
    using directory = near();
    for (const source of ["d", "d/", "d//"]) {
      const beginNext = await decide(directory, [source], target);
      const inside = await begin(beginNext!, PROBED, THERE);
      assertEquals(inside.restarts, [inTarget, target]);
      assertEquals(inside.next, { channel: inside.last });
      for (const missing of [MISSING, LATE]) {
        const renamed = await begin(beginNext!, missing, THERE);
        assertEquals(renamed.restarts, [inTarget, above]);
        assertEquals(renamed.next, { channel: renamed.last, outermost });
      }
    }
  });
}

for (
  const target of [
    "a b",
    "'new'",
    '"new"',
    "a\\ b",
    "n*w",
    "n?w",
    "[n]ew",
    "{a,b}",
    "$HOME/new",
    "`ls`",
    "$(ls)",
    "a;b",
    "a&b",
    "a\nb",
    "a\n..",
    "#a",
    "!a",
    "e\u0301",
    "a*/new",
  ]
) {
  Deno.test(`nextUpload() does not go on where a remote shell may make something else of ${JSON.stringify(target)}`, async () => {
    using directory = near();
    assertEquals(await decide(directory, ["d"], target), undefined);
  });
}

Deno.test("nextUpload() does not go on with a directory whose name a remote shell may read otherwise", async () => {
  const names = ["a b", "$x", "star*", "e\u0301", "new\nline"];
  for (const name of names.filter(isStorable)) {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: `${name}/f`, content: "f" }]);
    assertEquals(await decide(directory, [name], "new"), undefined, name);
    assert(await decide(directory, [name], "."), name);
  }
});

Deno.test("nextUpload() goes on without -O whatever the target's name, which is quoted", async () => {
  using directory = near();
  const beginNext = await decide(directory, ["d"], "to/$a b*", {
    isOld: false,
  });
  const inside = await begin(beginNext!, PROBED, THERE);
  assertEquals(inside.restarts, ["'to/$a b*/d'", "'to/$a b*'"]);
  const renamed = await begin(beginNext!, MISSING, THERE);
  assertEquals(renamed.restarts, ["'to/$a b*/d'", "to/"]);
  assertEquals(renamed.next, { channel: renamed.last, outermost: "$a b*" });
});

Deno.test("nextUpload() does not go on with a directory that holds one of its own name", async () => {
  for (const twin of ["d/d/f", "d/d"]) {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: twin, content: "f" }]);
    assertEquals(await decide(directory, ["d"], "new"), undefined, twin);
    assertEquals(await decide(directory, ["d/"], "new"), undefined, twin);
    assert(await decide(directory, ["d"], "."), twin);
  }
});

linkTest(
  "nextUpload() does not go on where it cannot be told what a directory holds",
  async () => {
    using directory = near();
    const looped = `${directory.path}/d/d`;
    Deno.symlinkSync("d", looped);
    assertEquals(await decide(directory, ["d"], "new"), undefined);
  },
);

Deno.test("nextUpload() throws what breaks the dialogue in which it asks", async () => {
  using directory = near();
  const beginNext = await decide(directory, ["d"], "new");
  const greeted = await assertRejects(
    () => begin(beginNext!, "Welcome\n"),
    ProtocolError,
    'the remote said "Welcome\n" instead of an acknowledgement',
  );
  // To hold the whole dialogue again would send everything twice.
  assertEquals(greeted.name, "ProtocolError");
  await assertRejects(
    () => begin(beginNext!, ""),
    SessionError,
    "lost connection",
  );
});
