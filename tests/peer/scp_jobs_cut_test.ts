/** Uploads over several connections at once that lose some, and how they log in. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { lacksLibrary } from "../support/c_library.ts";
import { peerTest, peerTestUnless } from "../support/doors.ts";
import { describeTree, exists } from "../support/fixtures/tree.ts";
import { PASSWORD_NEEDS } from "../support/logins/passwords.ts";
import { ANSWER_NEEDS } from "../support/logins/typed.ts";
import { until } from "../support/process/processes.ts";
import {
  LENDS_TERMINAL,
  seacpCommand,
  startOnTerminal,
} from "../support/process/pseudo_terminal.ts";
import {
  CTRL_C,
  expectOneQuestion,
  LACKS_PROC,
  makeDirectories,
  startVerbose,
  warnings,
} from "../support/several_connections.ts";
import { placeAt } from "../support/ssh/shared_sshd.ts";
import type { Sshd } from "../support/ssh/sshd.ts";

const NEEDS = ["ssh", "sshd", "ssh-keygen", "scp", "sh"];

const WHOLE = { modes: true, times: true };

/** Gives the private directories that a copy through a server left. */
function leftBehind(run: string): readonly string[] {
  return [...Deno.readDirSync(run)].map(({ name }) => name);
}

/** Resolves once four connections are up, and a copy moves on. */
async function untilFourMove(sshd: Sshd, far: string): Promise<void> {
  await until(
    "four connections are up",
    () => sshd.log.match(/Starting session: /g)?.length === 4,
  );
  const count = directoriesIn(far);
  await until("more arrives", () => directoriesIn(far) > count + 4);
}

/** Counts the directories whose file is there. */
function directoriesIn(far: string): number {
  if (!exists(`${far}/tree`)) return 0;
  return [...Deno.readDirSync(`${far}/tree`)]
    .filter(({ name }) => exists(`${far}/tree/${name}/f`)).length;
}

for (const which of ["first", "last"] as const) {
  for (const isTree of [true, false]) {
    const what = isTree ? "a tree" : "several sources";
    peerTestUnless(LACKS_PROC)(
      `SCP jobs: the ${which} of four connections dies inside a copy of ${what}, which is whole`,
      NEEDS,
      async () => {
        await using sshd = await startVerbose();
        using place = placeAt(sshd);
        makeDirectories(place.near);
        const sources = [...Deno.readDirSync(`${place.near}/tree`)]
          .map(({ name }) => `tree/${name}`);
        Deno.mkdirSync(`${place.far}/tree`);
        const { outcome } = place.start([
          ...["-O", "--jobs", "4", "-rp", "-l", "2048"],
          ...isTree
            ? ["tree", place.remote(".")]
            : [...sources, place.remote("tree")],
        ]);
        await untilFourMove(sshd, place.far);
        Deno.kill(sshd.connections.at(which === "first" ? 0 : -1)!, "SIGKILL");
        const { status, stderr } = await outcome;
        assertEquals(status, 0, stderr);
        assertMatch(
          stderr,
          /^warning: far: going on with 3 of 4 connections: one was lost$/m,
        );
        const [far, near] = await Promise.all(
          [`${place.far}/tree`, `${place.near}/tree`].map((root) =>
            describeTree(root, WHOLE)
          ),
        );
        assertEquals(far, near);
      },
    );
  }
}

peerTestUnless(LACKS_PROC)(
  "SCP jobs: when all connections die, the copy fails and names what was in flight",
  NEEDS,
  async () => {
    await using sshd = await startVerbose();
    using place = placeAt(sshd);
    makeDirectories(place.near);
    const { outcome } = place.start([
      ...["-O", "--jobs", "4", "-r", "-l", "4096", "tree", place.remote(".")],
    ]);
    await untilFourMove(sshd, place.far);
    await sshd.killConnections(outcome);
    const { status, stderr } = await outcome;
    assertEquals(status, 1, stderr);
    assertMatch(stderr, /^far: tree\/\d+\/f.*: ssh failed/m);
    assert(!stderr.includes("0 of 4 connections"), stderr);
  },
);

// Else ctrl-C ends each ssh, too, and nobody is left to remove it.
peerTestUnless(lacksLibrary)(
  "SCP jobs: ctrl-C ends all connections, and leaves no private directory",
  [...NEEDS, LENDS_TERMINAL, "stty"],
  async () => {
    const run = Deno.makeTempDirSync({ prefix: "seacp-run-" });
    try {
      await using sshd = await startVerbose({
        environment: `XDG_RUNTIME_DIR=${run}`,
      });
      using place = placeAt(sshd);
      makeDirectories(place.near);
      const typed = Promise.withResolvers<string>();
      const { outcome } = startOnTerminal(
        seacpCommand([
          ...[...place.options, "-O", "--jobs", "4", "-r", "-l", "4096"],
          ...["tree", place.remote(".")],
        ]),
        80,
        { cwd: place.near, input: typed.promise },
      );
      await untilFourMove(sshd, place.far);
      assertEquals(leftBehind(run).length, 4);
      typed.resolve(CTRL_C);
      const { status, stdout } = await outcome;
      assertEquals(status, 130, stdout);
      assertMatch(stdout, /tree\/\d+\/f.*: interrupted/);
      assertEquals(warnings(stdout), []);
      await until("all are removed", () => leftBehind(run).length === 0);
    } finally {
      Deno.removeSync(run, { recursive: true });
    }
  },
);

for (const options of [[], ["--share"]]) {
  const count = options.length === 0 ? 1 : 4;
  peerTest(
    `SCP jobs: with a password ${
      ["--jobs 4", ...options].join(" ")
    } asks once and takes ${count} of 4 connections`,
    [...NEEDS, ...PASSWORD_NEEDS, ...ANSWER_NEEDS],
    () => expectOneQuestion(["-O", ...options], 4, makeDirectories),
  );
}
