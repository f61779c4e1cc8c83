/** Copies over a line that fails, which are tried again. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { peerTest, sshdDoor } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { BETWEEN, DOWN, type Sides, UP } from "../support/fixtures/sides.ts";
import {
  describeTree,
  pattern,
  type TreeEntry,
} from "../support/fixtures/tree.ts";
import type { Direction } from "../support/hostile/cut_proxy.ts";
import { type Fate, UnsteadyLine } from "../support/hostile/unsteady_line.ts";
import { jsonEvents } from "../support/json_events.ts";
import {
  PASSWORD_ALONE,
  PASSWORD_NEEDS,
  startWithPassword,
} from "../support/logins/passwords.ts";
import { answer, ANSWER_NEEDS } from "../support/logins/typed.ts";
import { openAt } from "../support/logins/way.ts";
import { SEACP } from "../support/process/program.ts";
import { seacpCommand } from "../support/process/pseudo_terminal.ts";
import { SharedSshd } from "../support/ssh/shared_sshd.ts";

const NEEDS = [...sshdDoor.needs, "sftp-server"];

const shared = new SharedSshd();

/** A line on which the first connections have these fates. */
async function lineWith(...fates: readonly Fate[]): Promise<UnsteadyLine> {
  return new UnsteadyLine(await shared.start(), (at) => fates[at] ?? "whole");
}

/** Makes entries where a copy comes from. */
function make(place: Place, sides: Sides, entries: readonly TreeEntry[]): void {
  if (sides === UP) place.makeNear(entries);
  else place.makeFar(entries);
}

/** Lines of the program itself. */
function ownLines(stderr: string): string[] {
  return stderr.split(/\r?\n/).filter((line) =>
    /^(seacp: |far: |other: |warning: )/.test(line)
  );
}

for (const sides of [UP, DOWN, BETWEEN]) {
  for (const protocol of ["-s", "-O"]) {
    peerTest(
      `--retries: a line that is refused twice brings the file ${sides.name}, with ${protocol}`,
      NEEDS,
      async () => {
        await using line = await lineWith("refused", "refused");
        using place = new Place(line);
        make(place, sides, [{ path: "f", content: "one\n" }]);
        const { status, stdout, stderr } = await place.copy([
          ...[protocol, "--retries", "2"],
          ...sides.operands(place, "f", "g"),
        ]);
        assertEquals([status, stdout], [0, ""], stderr);
        const lines = ownLines(stderr);
        // One try may ask for both hosts at once.
        const isAtOnce = sides === BETWEEN && protocol === "-s";
        assert(lines.length === 2 || isAtOnce && lines.length === 1, stderr);
        for (const [at, said] of lines.entries()) {
          assertMatch(said, /: no connection, again in [12] s \([12] of 2\)$/);
          assertStringIncludes(said, `(${at + 1} of 2)`);
        }
        assertEquals(Deno.readTextFileSync(`${sides.to(place)}/g`), "one\n");
      },
    );
  }
}

peerTest(
  "--retries: after the last try its failure is told, with status 255",
  NEEDS,
  async () => {
    await using line = await lineWith("refused", "refused", "refused");
    using place = new Place(line);
    place.makeNear([{ path: "f", content: "one\n" }]);
    const { status, stdout, stderr } = await place.copy([
      ...["--retries", "1", "--json", "f", place.remote("f")],
    ]);
    assertEquals([status, line.connections], [255, 2], stderr);
    const events = jsonEvents(stdout, status)
      .filter(({ type }) => type === "retry" || type === "error")
      .map(({ type, kind, host, reason, attempt, attempts }) => [
        ...[type, kind, host, reason, attempt, attempts],
      ]);
    assertEquals(events, [
      ["retry", undefined, "far", "no connection", 1, 1],
      ["error", "connection", "far", undefined, undefined, undefined],
    ]);
  },
);

peerTest(
  "--retries: none follows a login that is refused",
  [...NEEDS, "ssh-keygen"],
  async () => {
    await using line = await lineWith();
    using place = new Place(line);
    place.makeNear([{ path: "f", content: "one\n" }]);
    const { success } = await new Deno.Command("ssh-keygen", {
      args: ["-q", "-t", "ed25519", "-N", "", "-f", `${place.near}/key`],
    }).output();
    assert(success);
    const config = `${place.near}/config`;
    const sshd = await shared.start();
    Deno.writeTextFileSync(
      config,
      Deno.readTextFileSync(sshd.config)
        .replace(`IdentityFile ${sshd.directory}/user`, "IdentityFile key"),
    );
    const { status, stderr } = await place.copy([
      ...["-F", config, "--retries", "5", "f", place.remote("f")],
    ]);
    assertEquals([status, line.connections], [255, 1], stderr);
    assertStringIncludes(stderr, "Permission denied");
    assert(!stderr.includes("again in"), stderr);
  },
);

peerTest(
  "--retries: none follows a failure of an entry, which is told once",
  NEEDS,
  async () => {
    await using line = await lineWith();
    using place = new Place(line);
    place.makeFar([{ path: "f", content: "one\n" }]);
    const { status, stderr } = await place.copy([
      ...["--retries", "5", place.remote("missing"), place.remote("f"), "."],
    ]);
    assertEquals([status, line.connections], [1, 1], stderr);
    assertEquals(ownLines(stderr).length, 1, stderr);
    assertEquals(Deno.readTextFileSync(`${place.near}/f`), "one\n");
  },
);

/** A tree of several files, one of them large, with modes and times. */
const TREE: readonly TreeEntry[] = [
  ...Array.from({ length: 40 }, (_, at) => ({
    path: `tree/small/${at}`,
    content: `${at}\n`.repeat(500),
    modified: 946_684_800 + at,
  })),
  { path: "tree/a", content: pattern(400_000), mode: 0o640 },
  { path: "tree/b", content: pattern(400_000) },
  { path: "tree/c", content: pattern(400_000) },
  { path: "tree/small/", modified: 946_684_800, mode: 0o755 },
  { path: "tree/", modified: 946_684_801, mode: 0o755 },
];

/** Length of all of it, in bytes. */
const TREE_BYTES = 1_300_000;

/** Direction in which the content passes over the line. */
function directionOf(sides: Sides): Direction {
  return sides === DOWN ? "down" : "up";
}

for (const sides of [UP, DOWN]) {
  for (const options of [["-s"], [], ["--jobs", "3"]]) {
    peerTest(
      `--retries: a tree that is cut ${
        ["twice", ...options].join(" ")
      } goes on ${sides.name}, and its new target is as without a cut`,
      NEEDS,
      async () => {
        const cut = { direction: directionOf(sides), after: 500_000 };
        const hasJobs = options.length > 1;
        const cuts = Array<Fate>(hasJobs ? 6 : 2).fill(cut);
        await using line = await lineWith(...cuts);
        using place = new Place(line);
        make(place, sides, TREE);
        const { status, stderr } = await place.copy([
          ...[...options, "--retries", "6", "-rp"],
          ...sides.operands(place, "tree", "new"),
        ]);
        assertEquals(status, 0, stderr);
        const facts = { modes: true, times: true };
        assertEquals(
          await describeTree(`${sides.to(place)}/new`, facts),
          await describeTree(`${sides.from(place)}/tree`, facts),
        );
        if (!hasJobs) {
          const pauses = stderr.match(/: connection lost, again in /g);
          assertEquals(pauses?.length, 2, stderr);
          const { [directionOf(sides)]: moved } = line.moved;
          // A try sends no file again that has arrived.
          assert(moved < TREE_BYTES + 2 * 900_000, String(moved));
        }
      },
    );
  }
}

peerTest(
  "--retries: a tree that is cut between two hosts goes on",
  NEEDS,
  async () => {
    await using line = await lineWith("whole", {
      direction: "up",
      after: 500_000,
    });
    using place = new Place(line);
    place.makeFar(TREE);
    const { status, stderr } = await place.copy([
      ...["--retries", "3", "-rp"],
      ...BETWEEN.operands(place, "tree", "new"),
    ]);
    assertEquals(status, 0, stderr);
    const facts = { modes: true, times: true };
    assertEquals(
      await describeTree(`${place.far}/new`, facts),
      await describeTree(`${place.far}/tree`, facts),
    );
  },
);

for (const sides of [UP, DOWN]) {
  peerTest(
    `--retries: with -O a file that is cut begins again ${sides.name}, and is told as one`,
    NEEDS,
    async () => {
      const cut = { direction: directionOf(sides), after: 200_000 };
      await using line = await lineWith(cut);
      using place = new Place(line);
      make(place, sides, [{ path: "f", content: pattern(400_000) }]);
      const { status, stdout, stderr } = await place.copy([
        ...["-O", "--retries", "2", "--json"],
        ...sides.operands(place, "f", "g"),
      ]);
      assertEquals(status, 0, stderr);
      assertEquals(Deno.readFileSync(`${sides.to(place)}/g`), pattern(400_000));
      const { files_copied, bytes_copied } = jsonEvents(stdout, status).at(-1)!;
      assertEquals([files_copied, bytes_copied], [1, 400_000]);
    },
  );

  peerTest(
    `--retries: with -O a tree with a new target is not sent again ${sides.name}, and one line says why`,
    NEEDS,
    async () => {
      const cut = { direction: directionOf(sides), after: 500_000 };
      await using line = await lineWith(cut);
      using place = new Place(line);
      make(place, sides, TREE);
      const { status, stderr } = await place.copy([
        ...["-O", "--retries", "2", "-r"],
        ...sides.operands(place, "tree", "new"),
      ]);
      assertEquals([status, line.connections], [1, 1], stderr);
      assertStringIncludes(
        stderr,
        "warning: far: not tried again: over SCP a tree whose target may be " +
          "new cannot begin again\n",
      );
    },
  );
}

peerTest(
  "--retries: a Ctrl-C ends the pause at once, with the usual status",
  NEEDS,
  async () => {
    await using line = await lineWith(...Array<Fate>(100).fill("refused"));
    using place = new Place(line);
    place.makeNear([{ path: "f", content: "one\n" }]);
    const command = [
      ...[...SEACP, ...place.options, "--retries", "99", "--json"],
      ...["f", place.remote("f")],
    ];
    const child = new Deno.Command(command[0]!, {
      args: command.slice(1),
      cwd: place.near,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let told = "";
    for await (
      const part of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      // The fourth pause is long enough, but for rare chance.
      if (told.length === 0 && !part.includes('"retry"')) continue;
      if (told === "") child.kill("SIGINT");
      told += part;
    }
    assertEquals((await child.status).code, 130);
    assertStringIncludes(told, '"exit_status":130');
  },
);

peerTest(
  "--retries: none follows where ssh has asked for a password, and one line says so",
  [...NEEDS, ...PASSWORD_NEEDS, ...ANSWER_NEEDS],
  async () => {
    const sshd = await startWithPassword("open sesame");
    await using way = openAt({ far: sshd }, PASSWORD_ALONE);
    await using line = new UnsteadyLine(sshd, () => ({
      direction: "up",
      after: 200_000,
    }));
    using place = new Place(way);
    place.makeNear([{ path: "f", content: pattern(400_000) }]);
    const { status, said, asked } = await answer(
      seacpCommand([
        ...line.options,
        ...[...way.options, "--retries", "5", "f", place.remote("f")],
      ]),
      {
        cwd: place.near,
        questions: [{ text: "'s password: ", answer: "open sesame" }],
      },
    );
    assertEquals([status, asked.length, line.connections], [255, 1, 1], said);
    assertStringIncludes(said, "far: not tried again: ssh would ask again");
  },
);
