import { assert, assertEquals, assertRejects } from "@std/assert";
import type { CopyOptions } from "../../../lib/options/copy_options.ts";
import { planResume, type Resume } from "../../../lib/routes/scp_resume.ts";
import type { RemoteScp } from "../../../lib/routes/remote_scp.ts";
import { ProtocolError, SessionError } from "../../../lib/errors.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import type { Reconnection } from "../../../lib/scp/reconnect.ts";
import { isStorable, linkTest } from "../../support/platform.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

const PRESENT = "\0";
/** Dialogue with a sink that has its target and takes times. */
const PROBED = "probed";
/** Dialogue with a sink that misses its target when times come. */
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
  jobs: 1,
  share: false,
  ssh: { program: "ssh", flags: [] },
};

/** Plans the resumption of an upload of paths in a directory. */
async function decide(
  directory: TempDirectory,
  paths: readonly string[],
  target: string,
  { targetIsDirectory = false, isOld = true } = {},
): Promise<Resume | undefined> {
  return await planResume(
    paths.map((path) => `${directory.path}/${path}`),
    { kind: "remote", host: "far", path: target },
    {
      files: new LocalFileSystem(),
      options: { ...OPTIONS, ...(isOld ? { protocol: "scp" } : {}) },
      targetIsDirectory,
    },
  );
}

/** Restarts of scp, and the dialogue that they led to. */
interface Resumed {
  readonly restarts: readonly string[];
  readonly next: Reconnection;
  /** Channel to the scp that was started last. */
  readonly last: ScriptedPeer;
}

/** Resumes with scps that give these answers when they start. */
async function start(
  resume: Resume,
  ...answers: readonly string[]
): Promise<Resumed> {
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
  const next = await resume(scp as RemoteScp);
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
  Deno.test(`planResume(): resumes in ${JSON.stringify(target)}, which is a directory if anything`, async () => {
    using directory = near();
    const resume = await decide(directory, ["d"], target);
    const { restarts, next, last } = await start(resume!, PRESENT);
    assertEquals(restarts, [target]);
    assertEquals(next, { channel: last });
  });
}

for (const target of ["new", "a b", "*", "$HOME", "é"]) {
  Deno.test(`planResume(): resumes in ${JSON.stringify(target)} if that has to be a directory`, async () => {
    using directory = near();
    const resume = await decide(directory, ["f", "d"], target, {
      targetIsDirectory: true,
    });
    const { restarts, next, last } = await start(resume!, PRESENT);
    assertEquals(restarts, [target]);
    assertEquals(next, { channel: last });
  });
}

/** Targets, the paths that are asked for, and the parents of missing ones. */
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
  Deno.test(`planResume(): asks whether ${inTarget} came to be, for the target ${target}`, async () => {
    using directory = near();
    for (const source of ["d", "d/", "d//"]) {
      const resume = await decide(directory, [source], target);
      const inside = await start(resume!, PROBED, PRESENT);
      assertEquals(inside.restarts, [inTarget, target]);
      assertEquals(inside.next, { channel: inside.last });
      for (const missing of [MISSING, LATE]) {
        const renamed = await start(resume!, missing, PRESENT);
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
  Deno.test(`planResume(): does not resume where a remote shell may make something else of ${JSON.stringify(target)}`, async () => {
    using directory = near();
    assertEquals(await decide(directory, ["d"], target), undefined);
  });
}

Deno.test("planResume(): does not resume with a directory whose name a remote shell may read otherwise", async () => {
  const names = ["a b", "$x", "star*", "e\u0301", "new\nline"];
  for (const name of names.filter(isStorable)) {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: `${name}/f`, content: "f" }]);
    assertEquals(await decide(directory, [name], "new"), undefined, name);
    assert(await decide(directory, [name], "."), name);
  }
});

Deno.test("planResume(): resumes without -O whatever the target's name, which is quoted", async () => {
  using directory = near();
  const resume = await decide(directory, ["d"], "to/$a b*", {
    isOld: false,
  });
  const inside = await start(resume!, PROBED, PRESENT);
  assertEquals(inside.restarts, ["'to/$a b*/d'", "'to/$a b*'"]);
  const renamed = await start(resume!, MISSING, PRESENT);
  assertEquals(renamed.restarts, ["'to/$a b*/d'", "to/"]);
  assertEquals(renamed.next, { channel: renamed.last, outermost: "$a b*" });
});

Deno.test("planResume(): does not resume with a directory that holds one of its own name", async () => {
  for (const twin of ["d/d/f", "d/d"]) {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: twin, content: "f" }]);
    assertEquals(await decide(directory, ["d"], "new"), undefined, twin);
    assertEquals(await decide(directory, ["d/"], "new"), undefined, twin);
    assert(await decide(directory, ["d"], "."), twin);
  }
});

linkTest(
  "planResume(): does not resume where it cannot be told what a directory holds",
  async () => {
    using directory = near();
    const looped = `${directory.path}/d/d`;
    Deno.symlinkSync("d", looped);
    assertEquals(await decide(directory, ["d"], "new"), undefined);
  },
);

Deno.test("planResume(): throws what breaks the dialogue in which it asks", async () => {
  using directory = near();
  const resume = await decide(directory, ["d"], "new");
  const unexpected = await assertRejects(
    () => start(resume!, "Welcome\n"),
    ProtocolError,
    'the remote said "Welcome\n" instead of an acknowledgement',
  );
  // Running the whole dialogue again would send everything twice.
  assertEquals(unexpected.name, "ProtocolError");
  await assertRejects(
    () => start(resume!, ""),
    SessionError,
    "lost connection",
  );
});
