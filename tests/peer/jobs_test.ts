/** Copies over several connections at once, and over one login of several. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { lacksLibrary } from "../support/c_library.ts";
import { peerTest, peerTestUnless } from "../support/doors.ts";
import { describeTree, exists } from "../support/fixtures/tree.ts";
import { PASSWORD_NEEDS } from "../support/logins/passwords.ts";
import { ANSWER_NEEDS } from "../support/logins/typed.ts";
import { lengthOf, until } from "../support/process/processes.ts";
import { runProgram } from "../support/process/program.ts";
import {
  LENDS_TERMINAL,
  seacpCommand,
  startOnTerminal,
} from "../support/process/pseudo_terminal.ts";
import {
  CTRL_C,
  expectOneQuestion,
  LACKS_PROC,
  sshCount,
  startVerbose,
  warnings,
} from "../support/several_connections.ts";
import { placeAt, SharedSshd } from "../support/ssh/shared_sshd.ts";
import { Sshd } from "../support/ssh/sshd.ts";

const NEEDS = ["ssh", "sshd", "ssh-keygen", "sftp-server"];

/** A real tree: this program's source. */
const TREE = fileURLToPath(new URL("../../lib", import.meta.url));

/** Length of a file that all connections carry, in bytes. */
const LARGE = 64 * 1024 * 1024 + 12_345;

const shared = new SharedSshd();
let largeFile: string | undefined;
Deno.test.afterAll(() => {
  if (largeFile !== undefined) Deno.removeSync(largeFile);
});

/** Makes a large file with no two equal blocks in it, for all tests. */
function large(): string {
  if (largeFile !== undefined) return largeFile;
  const words = new Uint32Array(Math.ceil(LARGE / 4));
  for (let at = 0; at < words.length; at++) {
    words[at] = Math.imul(at, 0x9e3779b1);
  }
  largeFile = Deno.makeTempFileSync({ prefix: "seacp-large-" });
  Deno.writeFileSync(
    largeFile,
    new Uint8Array(words.buffer).subarray(0, LARGE),
  );
  return largeFile;
}

function assertSame(one: string, other: string): void {
  // Comparing 64 MiB as values would take seconds.
  const { success } = new Deno.Command("cmp", { args: [one, other] })
    .outputSync();
  assert(success, `${one} and ${other} differ`);
}

for (const options of [[], ["--share"]]) {
  const name = ["--jobs 8", ...options].join(" ");
  for (const isUp of [true, false]) {
    const direction = isUp ? "up" : "down";
    peerTest(
      `jobs: ${name} brings a tree and a large file ${direction}, exactly`,
      [...NEEDS, "cmp"],
      async () => {
        using place = await shared.place();
        const [from, to] = isUp
          ? [place.near, place.far]
          : [place.far, place.near];
        const copied = await new Deno.Command("cp", {
          args: ["-rp", TREE, `${from}/tree`],
        }).output();
        assert(copied.success);
        Deno.copyFileSync(large(), `${from}/tree/large`);
        Deno.utimeSync(`${from}/tree/large`, 946_684_800, 946_684_800);
        Deno.chmodSync(`${from}/tree/large`, 0o604);
        const outcome = await place.copy([
          ...["--jobs", "8", ...options, "-vrp"],
          ...isUp ? ["tree", place.remote(".")] : [place.remote("tree"), "."],
        ]);
        assertEquals(outcome.status, 0, outcome.stderr);
        assertEquals(sshCount(outcome), 8);
        assertEquals(warnings(outcome.stderr), []);
        const facts = { modes: true, times: true };
        assertEquals(
          await describeTree(to, facts),
          await describeTree(from, facts),
        );
      },
    );
  }
}

peerTest(
  "jobs: a file that comes by itself has four logins at once, and is told of no other",
  NEEDS,
  async () => {
    using place = await shared.place();
    Deno.writeTextFileSync(`${place.far}/f`, "content");
    const options = ["--jobs", "8", "-s", "-v"];
    const outcome = await place.copy([...options, place.remote("f"), "."]);
    assertEquals(outcome.status, 0, outcome.stderr);
    assertEquals(sshCount(outcome), 4);
    assertEquals(warnings(outcome.stderr), []);
    assertEquals(Deno.readTextFileSync(`${place.near}/f`), "content");
  },
);

peerTest(
  "jobs: a large file replaces an older one, keeps its mode and leaves nothing else",
  [...NEEDS, "cmp"],
  async () => {
    for (const isUp of [true, false]) {
      using place = await shared.place();
      const to = isUp ? place.far : place.near;
      Deno.writeTextFileSync(`${to}/f`, "old", { mode: 0o640 });
      Deno.copyFileSync(large(), `${isUp ? place.near : place.far}/new`);
      await place.copyWell([
        ...["--jobs", "4", "-s"],
        ...isUp ? ["new", place.remote("f")] : [place.remote("new"), "f"],
      ]);
      assertSame(`${to}/f`, large());
      assertEquals(Deno.statSync(`${to}/f`).mode! & 0o7777, 0o640);
      assertEquals([...Deno.readDirSync(to)].map(({ name }) => name), ["f"]);
    }
  },
);

peerTest(
  "jobs: a link at the target of a large file is followed",
  [...NEEDS, "cmp"],
  async () => {
    for (const isUp of [true, false]) {
      using place = await shared.place();
      const to = isUp ? place.far : place.near;
      Deno.symlinkSync("real", `${to}/link`);
      Deno.copyFileSync(large(), `${isUp ? place.near : place.far}/new`);
      await place.copyWell([
        ...["--jobs", "4", "-s"],
        ...isUp ? ["new", place.remote("link")] : [place.remote("new"), "link"],
      ]);
      assertSame(`${to}/real`, large());
      assertEquals(Deno.readLinkSync(`${to}/link`), "real");
    }
  },
);

peerTest(
  "jobs: one small file takes one connection",
  NEEDS,
  async () => {
    using place = await shared.place();
    place.makeNear([{ path: "f", content: "f" }]);
    const outcome = await place.copy([
      ...["--jobs", "8", "-v", "f", place.remote("f")],
    ]);
    assertEquals([outcome.status, sshCount(outcome)], [0, 1]);
    assertEquals(Deno.readTextFileSync(`${place.far}/f`), "f");
  },
);

peerTest(
  "jobs: a master of the user's that runs is shared by all, with and without --share",
  NEEDS,
  async () => {
    const sshd = await shared.start();
    using place = placeAt(sshd);
    makeFiles(place.near);
    const config = `${place.near}/config`;
    Deno.writeTextFileSync(
      config,
      Deno.readTextFileSync(sshd.config)
        .replace("ControlPath none", `ControlPath ${place.near}/socket`),
    );
    const ssh = (...args: readonly string[]) =>
      runProgram(["ssh", "-F", config, ...args, "far"]);
    assertEquals((await ssh("-fNM")).status, 0);
    try {
      const before = sshd.log.length;
      for (const options of [[], ["--share"]]) {
        const outcome = await place.copy([
          ...["-F", config, "--jobs", "4", ...options, "-vr"],
          ...["tree", place.remote(".")],
        ]);
        assertEquals([outcome.status, sshCount(outcome)], [0, 4]);
      }
      assert(!sshd.log.slice(before).includes("Accepted"));
    } finally {
      await ssh("-Oexit");
    }
  },
);

/** Servers that take few connections or sessions, and what is said then. */
const NARROW: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    "MaxStartups 1",
    [],
    /^seacp: warning: far: going on with [1-7] of 8 connections$/,
  ],
  [
    "MaxSessions 1",
    ["--share"],
    /^seacp: warning: far: going on with 1 of 8 connections$/,
  ],
  [
    "MaxSessions 3",
    ["--share"],
    /^seacp: warning: far: going on with 3 of 8 connections$/,
  ],
];

for (const [lines, options, expected] of NARROW) {
  peerTest(
    `jobs: under ${lines} the copy goes on with fewer connections, and one line says so`,
    NEEDS,
    async () => {
      await using sshd = await Sshd.start({ prepare: async () => ({ lines }) });
      using place = placeAt(sshd);
      makeFiles(place.near);
      const { status, stderr } = await place.copy([
        ...["--jobs", "8", ...options, "-r", "-l", "8192"],
        ...["tree", place.remote(".")],
      ]);
      assertEquals(status, 0, stderr);
      assertMatch(stderr.trimEnd(), expected);
      assertEquals(
        await describeTree(place.far),
        await describeTree(place.near),
      );
      const logins = sshd.log.match(/Accepted publickey/g)!.length;
      if (options.includes("--share")) assertEquals(logins, 1);
    },
  );
}

peerTest(
  "jobs: under MaxSessions 1 a shared login has no session that hashes, and says so",
  NEEDS,
  async () => {
    await using sshd = await Sshd.start({
      prepare: async () => ({ lines: "MaxSessions 1" }),
    });
    using place = placeAt(sshd);
    makeFiles(place.near);
    const { status, stderr } = await place.copy([
      ...["--jobs", "2", "--share", "--verify", "-r"],
      ...["tree", place.remote(".")],
    ]);
    assertEquals(status, 0, stderr);
    assertMatch(
      stderr,
      /^seacp: warning: far: files are read back to be verified: the server opens no other session$/m,
    );
  },
);

/** Makes a tree of 1.5 MiB, which takes more than a second at 8 Mbit/s. */
function makeFiles(root: string): void {
  Deno.mkdirSync(`${root}/tree`);
  for (let at = 0; at < 48; at++) {
    const content = new Uint8Array(32 * 1024).fill(at);
    Deno.writeFileSync(`${root}/tree/${at}`, content);
  }
}

peerTest(
  "jobs: -l limits all connections together",
  NEEDS,
  async () => {
    using place = await shared.place();
    makeFiles(place.near);
    const began = performance.now();
    await place.copyWell([
      ...["--jobs", "8", "-r", "-l", "8192", "tree", place.remote(".")],
    ]);
    assert(performance.now() - began > 1300);
  },
);

for (const isUp of [true, false]) {
  for (const which of ["first", "last"] as const) {
    peerTestUnless(LACKS_PROC)(
      `jobs: the ${which} of four connections dies inside a copy ${
        isUp ? "up" : "down"
      }, which is whole`,
      NEEDS,
      async () => {
        await using sshd = await startVerbose();
        using place = placeAt(sshd);
        const [from, to] = isUp
          ? [place.near, place.far]
          : [place.far, place.near];
        makeFiles(from);
        Deno.copyFileSync(large(), `${from}/tree/large`);
        const { outcome } = place.start([
          ...["--jobs", "4", "-r", "-l", "262144"],
          ...isUp ? ["tree", place.remote(".")] : [place.remote("tree"), "."],
        ]);
        await untilFourMove(sshd, to);
        Deno.kill(sshd.connections.at(which === "first" ? 0 : -1)!, "SIGKILL");
        const { status, stderr } = await outcome;
        assertEquals(status, 0, stderr);
        assertMatch(
          stderr,
          /^seacp: warning: far: going on with 3 of 4 connections: one was lost$/m,
        );
        assertEquals(await describeTree(to), await describeTree(from));
      },
    );
  }
}

/** Resolves once four connections are up, and a large file moves. */
async function untilFourMove(sshd: Sshd, to: string): Promise<void> {
  await until(
    "four connections are up",
    () => sshd.log.match(/Starting session: /g)?.length === 4,
  );
  const length = temporaryLength(to);
  await until("more arrives", () => temporaryLength(to) > length + 4e6);
}

/** Gives the length of a large file that is not whole yet; 0 before it is made. */
function temporaryLength(root: string): number {
  if (!exists(`${root}/tree`)) return 0;
  const temporary = [...Deno.readDirSync(`${root}/tree`)]
    .find(({ name }) => name.startsWith(".large."));
  return temporary === undefined
    ? 0
    : lengthOf(`${root}/tree/${temporary.name}`);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  peerTest(
    `jobs: ${signal} inside a large file leaves the old one whole, and no temporary file or socket`,
    NEEDS,
    async () => {
      for (const options of [[], ["--share"]]) {
        using place = await shared.place();
        Deno.mkdirSync(`${place.near}/run`);
        place.makeFar([{ path: "tree/large", content: "old" }]);
        Deno.mkdirSync(`${place.near}/tree`);
        Deno.copyFileSync(large(), `${place.near}/tree/large`);
        const { pid, outcome } = place.start([
          ...["--jobs", "4", ...options, "-r", "-l", "65536"],
          ...["tree", place.remote(".")],
        ], { env: { XDG_RUNTIME_DIR: `${place.near}/run` } });
        await until(
          "a large file moves",
          () => temporaryLength(place.far) > 1e6,
        );
        const shares = [...Deno.readDirSync(`${place.near}/run`)].length;
        assertEquals(shares, options.length);
        Deno.kill(pid, signal);
        const { status, stderr } = await outcome;
        assertEquals(status, signal === "SIGINT" ? 130 : 143);
        assertMatch(stderr, /large: interrupted/);
        assertEquals(
          Deno.readTextFileSync(`${place.far}/tree/large`),
          "old",
        );
        assertEquals([...Deno.readDirSync(`${place.far}/tree`)].length, 1);
        assertEquals([...Deno.readDirSync(`${place.near}/run`)], []);
      }
    },
  );
}

// Else ctrl-C ends each ssh, too, and nobody is left to remove it.
peerTestUnless(lacksLibrary)(
  "jobs: ctrl-C inside a large file leaves the old one whole, and no temporary file",
  [...NEEDS, LENDS_TERMINAL, "stty"],
  async () => {
    await using sshd = await startVerbose();
    using place = placeAt(sshd);
    place.makeFar([{ path: "tree/large", content: "old" }]);
    Deno.mkdirSync(`${place.near}/tree`);
    Deno.copyFileSync(large(), `${place.near}/tree/large`);
    const typed = Promise.withResolvers<string>();
    const { outcome } = startOnTerminal(
      seacpCommand([
        ...[...place.options, "--jobs", "4", "-r", "-l", "65536"],
        ...["tree", place.remote(".")],
      ]),
      80,
      { cwd: place.near, input: typed.promise },
    );
    await untilFourMove(sshd, place.far);
    typed.resolve(CTRL_C);
    const { status, stdout } = await outcome;
    assertEquals(status, 130, stdout);
    assertMatch(stdout, /large: interrupted/);
    assertEquals(warnings(stdout), []);
    assertEquals(Deno.readTextFileSync(`${place.far}/tree/large`), "old");
    assertEquals([...Deno.readDirSync(`${place.far}/tree`)].length, 1);
  },
);

for (const options of [[], ["--share"]]) {
  const count = options.length === 0 ? 1 : 8;
  peerTest(
    `jobs: with a password ${
      ["--jobs 8", ...options].join(" ")
    } asks once and takes ${count} of 8 connections`,
    [...NEEDS, ...PASSWORD_NEEDS, ...ANSWER_NEEDS],
    () => expectOneQuestion(options, 8, makeFiles),
  );
}
