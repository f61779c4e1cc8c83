/** The summary at the end of a copy, over both protocols and both ways. */

import { assertEquals, assertMatch } from "@std/assert";
import { peerTest, sftpSshdDoor, sshdDoor } from "../support/doors.ts";
import { Place, UNPRIVILEGED } from "../support/fixtures/place.ts";
import { exists } from "../support/fixtures/tree.ts";
import { haltCopy, sftpWays, ways } from "../support/hostile/halted_copy.ts";
import {
  type Outcome,
  runProgram,
  SEACP,
  startProgram,
} from "../support/process/program.ts";
import { messagesOf } from "../support/process/summary.ts";
import { until } from "../support/process/processes.ts";
import { SharedSshd } from "../support/ssh/shared_sshd.ts";

const NEEDS = [...sshdDoor.needs, ...sftpSshdDoor.needs];

const sshd = new SharedSshd();

/** Runs the program; its standard error is all that it says, with one time. */
async function run(place: Place, args: readonly string[]): Promise<Outcome> {
  const command = [...UNPRIVILEGED, ...SEACP, ...place.options, ...args];
  const { stderr, ...rest } = await runProgram(command, { cwd: place.near });
  return { ...rest, stderr: stderr.replace(/ in \d+\.\d s\b/, " in 0.0 s") };
}

const TREE = [
  { path: "t/a", content: "a".repeat(2000) },
  { path: "t/d/b", content: "b".repeat(1000) },
  { path: "t/secret", content: "s", mode: 0 },
  { path: "t/locked/", mode: 0 },
];

for (const protocol of ["-O", "-s"]) {
  for (const direction of ["up", "down"]) {
    peerTest(
      `summary: a tree of which something failed ends with it, ${direction} with ${protocol}`,
      [...NEEDS, ...UNPRIVILEGED.slice(0, 1)],
      async () => {
        using here = await sshd.place(protocol);
        const isUp = direction === "up";
        if (isUp) here.makeNear(TREE);
        else {
          here.makeFar(TREE.slice(0, 2));
          // sshd's logins read everything: here nothing can be written.
          here.makeNear([
            { path: "t/secret", content: "s", mode: 0o444 },
            { path: "t/d/", mode: 0o555 },
          ]);
          here.makeFar([{ path: "t/secret", content: "new" }]);
        }
        const { status, stderr } = await run(here, [
          "-r",
          ...isUp ? ["t", here.remote(".")] : [here.remote("t"), "."],
        ]);
        assertEquals(status, 1);
        const messages = messagesOf(stderr);
        const [first, ...lines] = stderr.slice(messages.length).split("\n");
        assertEquals(
          first,
          isUp
            ? "2 of 4 files, 2.9 KB in 0.0 s; 2 failed:"
            : "1 of 3 files, 2.0 KB in 0.0 s; 2 failed:",
          stderr,
        );
        assertEquals(
          lines.toSorted(),
          isUp
            ? [
              "",
              "  t/locked: Permission denied",
              "  t/secret: Permission denied",
            ]
            : [
              "",
              "  ./t/d/b: Permission denied",
              "  ./t/secret: Permission denied",
            ],
        );
      },
    );
  }

  peerTest(
    `summary: a good copy has none, and has one with --summary, with ${protocol}`,
    NEEDS,
    async () => {
      using here = await sshd.place(protocol);
      here.makeNear(TREE.slice(0, 2));
      here.makeFar([{ path: "f", content: "f" }]);
      const up = ["-r", "t", here.remote(".")];
      assertEquals((await run(here, up)).stderr, "");
      const said = "2 of 2 files, 2.9 KB in 0.0 s\n";
      assertEquals((await run(here, ["--summary", ...up])).stderr, said);
      const down = ["--summary", here.remote("f"), "g"];
      assertEquals(
        (await run(here, down)).stderr,
        "1 of 1 file, 1 byte in 0.0 s\n",
      );
    },
  );

  peerTest(
    `summary: the failure of a single file stays as scp's, and -q has none, with ${protocol}`,
    NEEDS,
    async () => {
      using here = await sshd.place(protocol);
      here.makeNear([{ path: "a", content: "a" }]);
      const missing = here.said("missing: No such file or directory");
      const alone = ["missing", here.remote("x")];
      assertEquals((await run(here, alone)).stderr, missing);
      assertEquals((await run(here, ["-r", ...alone])).stderr, missing);
      const quiet = ["-q", "missing", "a", here.remote(".")];
      assertEquals((await run(here, quiet)).stderr, missing);
    },
  );
}

peerTest(
  "summary: a copy between two hosts, and one on this machine, have it",
  NEEDS,
  async () => {
    for (const protocol of ["-O", "-s"]) {
      using here = await sshd.place(protocol);
      here.makeFar([
        { path: "t/a", content: "aa" },
        { path: "t/d/b", content: "b" },
        { path: "to/" },
      ]);
      here.makeNear([{ path: "l/a", content: "aa" }]);
      const between = [
        "--summary",
        "-r",
        here.remote("t"),
        here.remote("to", "other"),
      ];
      assertEquals(
        (await run(here, between)).stderr,
        "2 of 2 files, 3 bytes in 0.0 s\n",
      );
      assertEquals(
        (await run(here, ["--summary", "-r", "l", "m"])).stderr,
        "1 of 1 file, 2 bytes in 0.0 s\n",
      );
    }
  },
);

for (const way of [...ways, ...sftpWays]) {
  peerTest(
    `summary: an interrupt inside ${way.name} leaves it, with what arrived`,
    NEEDS,
    async () => {
      await haltCopy({ sshd: await sshd.start(), way }, {
        after: { z: "z" },
        start: (place, args) =>
          startProgram([...SEACP, ...place.options, "--summary", ...args], {
            cwd: place.near,
          }),
        act: async ({ pid, outcome }) => {
          Deno.kill(pid, "SIGINT");
          await outcome;
        },
      }, ({ status, stderr }) => {
        assertEquals(status, 130);
        assertMatch(
          stderr,
          /^interrupted: (0 files, 0 bytes|1 file, 1 byte) in .*; \d failed:\n( {2}.*\n)+$/m,
        );
        assertMatch(messagesOf(stderr), /\/f: interrupted.*\n/);
      });
    },
  );
}

peerTest(
  "summary: an interrupt that lets each file in flight arrive leaves it, too",
  NEEDS,
  async () => {
    using place = await sshd.place("-s");
    place.makeNear(
      Array.from(
        { length: 300 },
        (_, at) => ({ path: `t/${at}`, content: "" }),
      ),
    );
    const { pid, outcome } = place.start([
      ...["-r", "--atomic", "-l", "100", "t", place.remote(".")],
    ]);
    await until("it begins", () => exists(`${place.far}/t`));
    Deno.kill(pid, "SIGTERM");
    const { status, stderr } = await outcome;
    assertEquals(status, 143);
    assertMatch(stderr, /^interrupted: \d+ files?, 0 bytes in .* s\b/m);
  },
);
