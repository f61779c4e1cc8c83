/** The program on the far side: real clients talk to it, leave it and end it. */

import { assert, assertEquals } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import {
  childDoor,
  type Door,
  type DoorKind,
  peerTest,
  seacpDoors,
  sshdDoor,
} from "../support/doors.ts";
import { Place } from "../support/place.ts";
import { lengthOf, until } from "../support/processes.ts";
import {
  EXECUTABLE,
  type Outcome,
  runProgram,
  SEACP,
} from "../support/program.ts";
import {
  LENDS_TERMINAL,
  onTerminal,
  seacpCommand,
} from "../support/pseudo_terminal.ts";
import { TempFolder } from "../support/temp_folder.ts";
import {
  describeTree,
  makeTree,
  ODD_NAMES,
  type TreeEntry,
} from "../support/tree.ts";

const y2k = 946_684_800;

const tree: readonly TreeEntry[] = [
  ...ODD_NAMES.map((name, index) => ({
    path: `tree/${name}`,
    content: `${name}\n`,
    modified: y2k + index,
  })),
  { path: "tree/empty", content: "" },
  { path: "tree/deep/er/est", content: "x".repeat(300_000), mode: 0o640 },
  { path: "tree/deep/er/", mode: 0o751, modified: y2k + 1 },
  { path: "tree/read-only/file", content: "r\n", mode: 0o444 },
  { path: "tree/read-only/", mode: 0o555, modified: y2k + 2 },
];

/** A client that is run in a place. */
interface Client {
  readonly name: string;
  readonly needs: readonly string[];
  copy(place: Place, args: readonly string[]): Promise<Outcome>;
}

const clients: readonly Client[] = [
  {
    name: "OpenSSH's scp -O",
    needs: ["scp"],
    copy: async (place, args) =>
      await runProgram(
        [findProgram("scp")!, "-O", ...place.options, ...args],
        { cwd: place.near },
      ),
  },
  {
    name: "seacp",
    needs: [],
    copy: async (place, args) => await place.copy(args),
  },
];

/** A copy that a client makes. */
interface Case {
  readonly name: string;
  readonly near?: readonly TreeEntry[];
  readonly far?: readonly TreeEntry[];
  args(place: Place): readonly string[];
  /** Whether it fails: then something is said. */
  readonly fails?: true;
  /** Whether it is made through sshd, too, which takes its time. */
  readonly overSshd?: true;
}

const two: readonly TreeEntry[] = [
  { path: "a", content: "alpha\n", mode: 0o640 },
  { path: "b", content: "beta\n", mode: 0o755 },
];

const cases: readonly Case[] = [
  {
    name: "a tree of odd names goes up with -rp",
    overSshd: true,
    near: tree,
    args: (place) => ["-rp", "tree", place.remote("")],
  },
  {
    name: "a tree of odd names comes down with -rp",
    overSshd: true,
    far: tree,
    args: (place) => ["-rp", place.remote("tree"), "."],
  },
  {
    name: "a tree goes up under another name, over one that is there",
    near: tree,
    far: [{ path: "other/tree/deep/er/est", content: "x".repeat(400_000) }],
    args: (place) => ["-r", "tree", place.remote("other")],
  },
  {
    name: "several files go up into a folder",
    overSshd: true,
    near: two,
    far: [{ path: "in/" }],
    args: (place) => ["a", "b", place.remote("in")],
  },
  {
    name: "a file goes up with -d",
    near: two,
    far: [{ path: "in/" }],
    args: (place) => ["-d", "a", place.remote("in")],
  },
  {
    name: "several files come down",
    far: two,
    near: [{ path: "in/" }],
    args: (place) => [place.remote("a"), place.remote("b"), "in"],
  },
  {
    name: "a pattern comes down",
    far: two,
    near: [{ path: "in/" }],
    args: (place) => ["-p", place.remote("[ab]"), "in"],
  },
  {
    name: "several sources are missing, one is there",
    far: two,
    near: [{ path: "in/" }],
    args: (place) => [
      ...[place.remote("no"), place.remote("a"), place.remote("not")],
      "in",
    ],
    fails: true,
  },
  {
    name: "sources of one request are missing",
    overSshd: true,
    far: two,
    near: [{ path: "in/" }],
    args: (place) => [place.remote("{no,a,not,b}"), "in"],
    fails: true,
  },
  {
    name: "a local source is missing, the rest goes up",
    near: two,
    far: [{ path: "in/" }],
    args: (place) => ["a", "no", "b", place.remote("in")],
    fails: true,
  },
  {
    name: "the target that has to be a folder is missing",
    overSshd: true,
    near: two,
    args: (place) => ["a", "b", place.remote("no")],
    fails: true,
  },
  {
    name: "the target that has to be a folder is a file",
    near: two,
    far: two,
    args: (place) => ["-d", "b", place.remote("a")],
    fails: true,
  },
  {
    name: "the target is in a missing folder",
    near: two,
    args: (place) => ["a", place.remote("no/where")],
    fails: true,
  },
  {
    name: "a file is to go where a folder is, and one where it may",
    overSshd: true,
    near: two,
    far: [{ path: "a/" }],
    args: (place) => ["a", "b", place.remote("")],
    fails: true,
  },
  {
    name: "a folder is to go where a file is",
    near: [{ path: "a/f", content: "f" }],
    far: two,
    args: (place) => ["-r", "a", place.remote("")],
    fails: true,
  },
  {
    name: "a folder is to come down without -r",
    far: [{ path: "d/f", content: "f" }],
    args: (place) => [place.remote("d"), "."],
    fails: true,
  },
];

/** Keeps a door open for all tests of this file. */
function shared(kind: DoorKind): () => Promise<Door> {
  let opened: Promise<Door> | undefined;
  Deno.test.afterAll(async () => {
    await (await opened)?.[Symbol.asyncDispose]();
  });
  return () => opened ??= kind.open();
}

/** What came of a copy, whatever the far folder is called. */
interface Copied {
  readonly outcome: Outcome;
  readonly near: readonly string[];
  readonly far: readonly string[];
}

async function copyThrough(
  door: Door,
  client: Client,
  { near = [], far = [], args }: Case,
): Promise<Copied> {
  using place = new Place(door);
  place.makeNear(near);
  place.makeFar(far);
  const { status, stdout, stderr } = await client.copy(place, args(place));
  const here = place.far.split("/").at(-1)!;
  const facts = { modes: true };
  return {
    outcome: { status, stdout, stderr: stderr.replaceAll(here, "FAR") },
    near: await describeTree(place.near, facts),
    far: await describeTree(place.far, facts),
  };
}

for (const [index, kind] of [childDoor, sshdDoor].entries()) {
  const seacpKind = seacpDoors[index]!;
  const openTheirs = shared(kind);
  const openOurs = shared(seacpKind);
  for (const client of clients) {
    const rows = kind === sshdDoor
      ? cases.filter(({ overSshd }) => overSshd)
      : cases;
    for (const row of rows) {
      peerTest(
        `${client.name} finds in ${seacpKind.name} what it finds in the ` +
          `system's scp: ${row.name}`,
        [...kind.needs, ...client.needs],
        async () => {
          const [theirs, ours] = await Promise.all(
            [await openTheirs(), await openOurs()]
              .map((door) => copyThrough(door, client, row)),
          );
          assertEquals(ours, theirs);
          const { status, stderr } = ours!.outcome;
          if (row.fails) {
            assertEquals(status, 1);
            assert(stderr !== "");
          } else assertEquals([status, stderr], [0, ""]);
        },
      );
    }

    peerTest(
      `${client.name} has a tree go to ${seacpKind.name} and come back the same`,
      [...seacpKind.needs, ...client.needs],
      async () => {
        using place = new Place(await openOurs());
        place.makeNear(tree);
        const well = { status: 0, stdout: "", stderr: "" };
        const up = await client.copy(place, ["-rp", "tree", place.remote("")]);
        assertEquals(up, well);
        const down = await client.copy(place, [
          "-rp",
          place.remote("tree"),
          "back",
        ]);
        assertEquals(down, well);
        const facts = { modes: true, times: true };
        const sent = await describeTree(`${place.near}/tree`, facts);
        assertEquals(await describeTree(`${place.far}/tree`, facts), sent);
        assertEquals(await describeTree(`${place.near}/back`, facts), sent);
      },
    );
  }
}

for (const kind of seacpDoors) {
  const open = shared(kind);
  peerTest(
    `OpenSSH's scp -O is told by ${kind.name} where a loop of links closes`,
    ["scp", ...kind.needs],
    async () => {
      using place = new Place(await open());
      place.makeFar([{ path: "d/" }]);
      Deno.symlinkSync(".", `${place.far}/d/l`);
      const d = place.remote("d");
      const path = d.slice("far:".length);
      assertEquals(
        await clients[0]!.copy(place, ["-r", d, "."]),
        {
          status: 1,
          stdout: "",
          stderr: `scp: ${path}/l: Too many levels of symbolic links: ` +
            `it is ${path} again\n`,
        },
      );
    },
  );
}

/** A far side that was started and is spoken to in pieces. */
class Started {
  readonly child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(args: readonly string[], cwd: string) {
    const [program, ...rest] = [...SEACP, ...args];
    this.child = new Deno.Command(program!, {
      args: rest,
      cwd,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#writer = this.child.stdin.getWriter();
  }

  async say(words: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(words));
  }

  /** Ends its standard input. */
  async leave(): Promise<void> {
    await this.#writer.close();
  }

  /** Resolves once it has ended. */
  async outcome(): Promise<Outcome> {
    const { code, stdout, stderr } = await this.child.output();
    const decoder = new TextDecoder();
    return {
      status: code,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
    };
  }

  /** Lets go of its standard input, which may be broken. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
  }
}

const OLDER = "o".repeat(400_000);

/** What has come of a body that is longer. */
const CAME = "x".repeat(200_000);

/** Starts a far side that has got a part of a file, and waits for the rest. */
async function startedInBody(folder: string): Promise<Started> {
  Deno.writeTextFileSync(`${folder}/a`, OLDER);
  const started = new Started(["-t", "."], folder);
  await started.say(`C0644 300000 a\n${CAME}`);
  await until(
    "the part that was sent is in the file",
    () => Deno.readTextFileSync(`${folder}/a`)[CAME.length - 1] === "x",
  );
  return started;
}

Deno.test("A client that vanishes in a body leaves a true prefix, nothing older behind it", async () => {
  using folder = new TempFolder();
  await using started = await startedInBody(folder.path);
  await started.leave();
  assertEquals(await started.outcome(), {
    status: 1,
    stdout: "\0\0\x01scp: Broken pipe\n",
    stderr: "",
  });
  assertEquals(Deno.readTextFileSync(`${folder.path}/a`), CAME);
});

Deno.test("A client that vanishes in a body, both ways, leaves a true prefix", async () => {
  using folder = new TempFolder();
  await using started = await startedInBody(folder.path);
  await started.child.stdout.cancel();
  await started.leave();
  assertEquals((await started.child.status).code, 1);
  assertEquals(await new Response(started.child.stderr).text(), "");
  assertEquals(Deno.readTextFileSync(`${folder.path}/a`), CAME);
});

/** How long what is ended may take, in milliseconds: half its own patience. */
const AT_ONCE_MILLISECONDS = 1000;

for (const [signal, status] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
  /** Ends a far side by the signal; expects that it ends at once. */
  const end = async (started: Started): Promise<Outcome> => {
    const before = performance.now();
    started.child.kill(signal);
    const outcome = await started.outcome();
    const took = performance.now() - before;
    assert(took < AT_ONCE_MILLISECONDS, `it took ${took} ms`);
    assertEquals([outcome.status, outcome.stderr], [status, ""]);
    return outcome;
  };

  Deno.test(`${signal} in a body ends the far side at once, the file cut to what came`, async () => {
    using folder = new TempFolder();
    await using started = await startedInBody(folder.path);
    await end(started);
    assertEquals(Deno.readTextFileSync(`${folder.path}/a`), CAME);
  });

  Deno.test(`${signal} between records ends a sink at once`, async () => {
    using folder = new TempFolder();
    await using started = new Started(["-t", "."], folder.path);
    await started.say("C0644 1 a\na\0T1 0 ");
    await until("a is there", () => lengthOf(`${folder.path}/a`) === 1);
    await end(started);
  });

  Deno.test(`${signal} ends a source that waits at once`, async () => {
    using folder = new TempFolder();
    makeTree(folder.path, [{ path: "a", content: "a" }]);
    await using started = new Started(["-f", "a"], folder.path);
    const reader = started.child.stdout.getReader();
    await started.say("\0");
    await reader.read();
    reader.releaseLock();
    await end(started);
  });
}

/** How a shell runs the program, `"$@"`, with an output that leads nowhere. */
const outputs: Readonly<Record<string, string>> = {
  "is closed": '"$@" >&-',
  "is a pipe that nobody reads": "rm -f pipe && mkfifo pipe && " +
    '{ sleep 0 < pipe & } && exec 3> pipe && wait && "$@" >&3',
};

for (const [name, script] of Object.entries(outputs)) {
  for (
    const [role, args, input] of [
      ["sink", ["-t", "."], `C0644 100000 new\n${"x".repeat(100_000)}\0`],
      ["source", ["-f", "a"], "\0\0\0\0"],
      ["source without a client", ["-f", "a"], ""],
    ] as const
  ) {
    peerTest(
      `A ${role} ends where its standard output ${name}`,
      ["sh", "mkfifo", "timeout"],
      async () => {
        using folder = new TempFolder();
        Deno.writeTextFileSync(`${folder.path}/a`, OLDER);
        const { status, stderr } = await runProgram(
          ["timeout", "10", "sh", "-c", script, "sh", ...SEACP, ...args],
          { cwd: folder.path, input: Promise.resolve(input) },
        );
        assert(status <= 1, `its status is ${status}`);
        assertEquals(stderr, "");
      },
    );
  }
}

Deno.test(
  "A far side needs nothing but its folder: no configuration, no environment, no program",
  {
    ignore: EXECUTABLE !== undefined,
  },
  async () => {
    using folder = new TempFolder();
    const here = `${folder.path}/here`;
    Deno.mkdirSync(here);
    const restricted = [
      ...SEACP.filter((word) => word !== "--allow-all").slice(0, -1),
      "--no-prompt",
      `--allow-read=${here}`,
      `--allow-write=${here}`,
      "--allow-sys",
      "--allow-ffi",
      SEACP.at(-1)!,
    ];
    const sink = await runProgram([...restricted, "-rpt", "."], {
      cwd: here,
      input: Promise.resolve("T1 0 2 0\nC0755 1 a\na\0D0700 0 d\nE\n"),
    });
    assertEquals(sink, { status: 0, stdout: "\0".repeat(6), stderr: "" });
    const source = await runProgram([...restricted, "-pf", "a"], {
      cwd: here,
      input: Promise.resolve("\0\0\0\0"),
    });
    assertEquals(source.status, 0);
    assertEquals(source.stderr, "");
    assert(source.stdout.endsWith("C0755 1 a\na\0"));
  },
);

peerTest(
  "A far side says nothing to its terminal and asks it nothing",
  [LENDS_TERMINAL, "stty", "printf"],
  async () => {
    using folder = new TempFolder();
    const sink = seacpCommand(["-t", "."]);
    const source = seacpCommand(["-f", "a"]);
    const outcome = await onTerminal(
      `{ printf 'C0644 3 a\\nabc\\0' | ${sink} | cat > sink; ` +
        `printf '\\0\\0\\0' | ${source} | cat > source; }`,
      80,
      { cwd: folder.path },
    );
    assertEquals(outcome, { status: 0, stdout: "", stderr: "" });
    assertEquals(Deno.readTextFileSync(`${folder.path}/sink`), "\0\0\0");
    assert(
      Deno.readTextFileSync(`${folder.path}/source`).endsWith(" 3 a\nabc\0"),
    );
  },
);
