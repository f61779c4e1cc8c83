/** One table of copies, to and from real servers that are not a plain OpenSSH. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { startAll } from "../support/at_once.ts";
import type { Cut } from "../support/hostile/cut_proxy.ts";
import { peerTest } from "../support/doors.ts";
import type { Outcome } from "../support/process/program.ts";
import { asyncsshKinds } from "../support/servers/asyncssh.ts";
import { conchKind } from "../support/servers/conch.ts";
import { dropbearKinds } from "../support/servers/dropbear.ts";
import { opensshKinds, refusingKinds } from "../support/servers/openssh.ts";
import { paramikoKind } from "../support/servers/paramiko.ts";
import { proftpdKind } from "../support/servers/proftpd.ts";
import { rcloneKinds } from "../support/servers/rclone.ts";
import { Server, type ServerKind } from "../support/servers/server.ts";
import {
  type Mode,
  MODES,
  Stage,
  TIMED_OUT,
} from "../support/servers/stage.ts";
import { tinysshKinds } from "../support/servers/tinyssh.ts";
import {
  exists,
  ODD_NAMES,
  pattern,
  type TreeEntry,
} from "../support/fixtures/tree.ts";

const KINDS: readonly ServerKind[] = [
  ...opensshKinds,
  ...refusingKinds,
  proftpdKind,
  ...asyncsshKinds,
  paramikoKind,
  ...rcloneKinds,
  conchKind,
  ...dropbearKinds,
  ...tinysshKinds,
];

/** One row of the table. */
interface Case {
  readonly name: string;
  appliesTo?(kind: ServerKind, mode: Mode): boolean;
  run(stage: Stage): Promise<void>;
}

const y2k = 946_684_800;

const TREE: readonly TreeEntry[] = [
  ...ODD_NAMES.map((name, at) => ({
    path: `tree/${name}`,
    content: name,
    modified: y2k + at,
  })),
  { path: "tree/empty", content: "" },
  { path: "tree/d/e/large", content: pattern(300_000), mode: 0o640 },
  { path: "tree/d/e/", mode: 0o751, modified: y2k },
  { path: "tree/d/", mode: 0o700, modified: y2k + 1 },
  { path: "tree/", mode: 0o755, modified: y2k + 2 },
  { path: "one.txt", content: "1", modified: y2k },
  { path: "two 2.txt", content: "2", mode: 0o600 },
  { path: "longer", content: pattern(90_000), modified: y2k },
  { path: "shorter", content: "short", modified: y2k },
];

/** Files that stand where some of the tree's go. */
const OLD: readonly TreeEntry[] = [
  { path: "longer", content: "old" },
  { path: "shorter", content: pattern(80_000) },
];

/** No shell may read it, and no server take it for something else. */
const ODD = `it's; "a b" $HOME`;

const BIG: TreeEntry = { path: "big", content: pattern(700_000) };

/** Bytes of a connection that pass: well into the body. */
const CUT_AFTER = 200_000;

const CASES: readonly Case[] = [
  {
    name: "a file goes up under another name",
    appliesTo: isWritable,
    run: async (stage) => {
      stage.makeNear([{ path: "a", content: pattern(70_000) }]);
      const name = nameFor(stage.mode);
      assertGood(await stage.copy(["a", stage.remote(name)]), stage.mode);
      assertEquals(read(`${stage.far}/${name}`), read(`${stage.near}/a`));
    },
  },
  {
    name: "a file comes down under another name",
    run: async (stage) => {
      const name = nameFor(stage.mode);
      stage.makeFar([{ path: name, content: pattern(70_000) }]);
      assertGood(await stage.copy([stage.remote(name), "b"]), stage.mode);
      assertEquals(read(`${stage.near}/b`), read(`${stage.far}/${name}`));
    },
  },
  {
    name: "all but a missing source goes up, over longer and shorter files",
    appliesTo: isWritable,
    run: async (stage) => {
      stage.makeNear(TREE);
      stage.makeFar(OLD);
      const flags = stage.kind.keeps === "nothing" ? "-r" : "-rp";
      const outcome = await stage.copy([
        ...[flags, "tree", "one.txt", "gone", "two 2.txt"],
        ...["longer", "shorter", stage.remote("")],
      ]);
      assertOnlyGone(outcome);
      assertEquals(
        await stage.describe(stage.far),
        await stage.describe(stage.near),
      );
    },
  },
  {
    name: "all but a missing source comes down, and what fits a pattern",
    run: async (stage) => {
      stage.makeFar(TREE);
      stage.makeNear(OLD);
      const sources = ["tree", "*.txt", "gone", "longer", "shorter"];
      const outcome = await stage.copy([
        ...["-rp", ...sources.map((path) => stage.remote(path)), "."],
      ]);
      assertOnlyGone(outcome);
      assertEquals(
        await stage.describe(stage.near),
        await stage.describe(stage.far),
      );
    },
  },
  {
    name: "a server that may only be read is written to in vain",
    appliesTo: (kind) => !isWritable(kind),
    run: async (stage) => {
      stage.makeNear([{ path: "a", content: "new" }, {
        path: "d/a",
        content: "",
      }]);
      stage.makeFar([{ path: "a", content: "old" }]);
      const { status, stderr } = await stage.copy([
        ...["-r", "a", "d", stage.remote("")],
      ]);
      assertEquals(status, 1, stderr);
      assertStringIncludes(stderr, "Permission denied");
      assertEquals(Deno.readTextFileSync(`${stage.far}/a`), "old");
      assert(!exists(`${stage.far}/d`));
    },
  },
  {
    name: "a line that is cut on the way up is told",
    appliesTo: (kind, mode) => isWritable(kind) && isCut(kind, mode),
    run: async (stage) => {
      stage.makeNear([BIG]);
      const cut: Cut = { direction: "up", after: CUT_AFTER };
      assertLost(
        await stage.copyCut(cut, ["big", stage.remote("")]),
        stage.mode,
      );
    },
  },
  {
    name: "a line that is cut on the way down is told",
    appliesTo: isCut,
    run: async (stage) => {
      stage.makeFar([BIG]);
      const cut: Cut = { direction: "down", after: CUT_AFTER };
      assertLost(
        await stage.copyCut(cut, [stage.remote("big"), "."]),
        stage.mode,
      );
    },
  },
];

/** A protocol that the server lacks, and that alone is wanted. */
const IN_VAIN: Case = {
  name: "copies nothing and says why",
  run: async (stage) => {
    stage.makeNear([{ path: "a", content: "a" }]);
    stage.makeFar([{ path: "b", content: "b" }]);
    const ways = [["a", stage.remote("")], [stage.remote("b"), "."]];
    for (
      const outcome of await Promise.all(ways.map((way) => stage.copy(way)))
    ) {
      const { status, stderr } = outcome;
      assert(status !== 0 && status !== TIMED_OUT, `${status}: ${stderr}`);
      assertMatch(stderr, /^(seacp: )?far: /m);
    }
    assert(!exists(`${stage.far}/a`) && !exists(`${stage.near}/b`));
  },
};

function isWritable({ isReadOnly }: ServerKind): boolean {
  return !isReadOnly;
}

/**
 * A line that is cut takes one connection, so that the first protocol must be
 * there; kinds that are much like another one are not cut.
 */
function isCut({ modes, speaks }: ServerKind, { protocol }: Mode): boolean {
  return modes === undefined && (protocol !== undefined || speaks.scp);
}

/** With -O a path is for the server's shell, or whatever there is in its place. */
function nameFor({ protocol }: Mode): string {
  return protocol === "scp" ? "b" : ODD;
}

function read(path: string): Uint8Array {
  return Deno.readFileSync(path);
}

/** Nothing is said, but that another protocol had to be taken. */
function assertGood(outcome: Outcome, { protocol }: Mode): void {
  const { status, stdout, stderr } = outcome;
  assertEquals([status, stdout], [0, ""], stderr);
  if (protocol === undefined) assertEquals(complaints(outcome), []);
  else assertEquals(stderr, "");
}

function assertOnlyGone(outcome: Outcome): void {
  const { status, stdout, stderr } = outcome;
  assertEquals([status, stdout], [1, ""], stderr);
  const [line = "", ...more] = complaints(outcome);
  assertMatch(line, /gone/);
  assertEquals(more, []);
}

/**
 * Gives the lines that are no news of another protocol: ours, or ssh's, of a
 * server that ends the connection with the request that it refuses.
 */
function complaints({ stderr }: Outcome): string[] {
  const news = /^(seacp: warning: .*|Connection to .* closed by .*\r|)$/;
  return stderr.split("\n").filter((line) => !news.test(line));
}

/** 255 is scp's own; with -O the SCP protocol's is 1. */
function assertLost({ status, stdout, stderr }: Outcome, mode: Mode): void {
  assertEquals(
    [status, stdout],
    [mode.protocol === "scp" ? 1 : 255, ""],
    stderr,
  );
  assertMatch(stderr, /^(seacp: )?far: /m);
}

/** The rows of a server, each with its name and its work. */
function rowsFor(kind: ServerKind): readonly (readonly [Mode, Case])[] {
  const modes = MODES.filter(({ flag }) => kind.modes?.includes(flag) ?? true);
  return modes.flatMap((mode) => {
    const { protocol } = mode;
    if (protocol !== undefined && !kind.speaks[protocol]) {
      return [[mode, IN_VAIN] as const];
    }
    return CASES
      .filter(({ appliesTo }) => appliesTo?.(kind, mode) ?? true)
      .map((each) => [mode, each] as const);
  });
}

for (const kind of KINDS) {
  peerTest(
    `foreign servers: copies to and from ${kind.name}`,
    kind.needs,
    async (context) => {
      await using server = await Server.start(kind);
      const rows = rowsFor(kind);
      const failures = startAll(rows.map(([mode, { run }]) => async () => {
        using stage = new Stage(server, kind, mode);
        await run(stage);
      }));
      for (const [at, [mode, { name }]] of rows.entries()) {
        await context.step({
          name: `${mode.name}: ${name}`,
          // Others go on meanwhile.
          sanitizeOps: false,
          sanitizeResources: false,
          fn: async () => {
            const failure = await failures[at];
            if (failure !== undefined) throw failure;
          },
        });
      }
    },
  );
}
