/** Copies that end in the middle, and are completed by another one. */

import { assert, assertEquals } from "@std/assert";
import { peerTest, sshdDoor } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { DOWN, type Sides, UP } from "../support/fixtures/sides.ts";
import { describeTree, pattern } from "../support/fixtures/tree.ts";
import type { Direction } from "../support/hostile/cut_proxy.ts";
import {
  haltCopy,
  type Halted,
  sftpWays,
} from "../support/hostile/halted_copy.ts";
import { UnsteadyLine } from "../support/hostile/unsteady_line.ts";
import { isRunning, until } from "../support/process/processes.ts";
import { type Outcome, seacp } from "../support/process/program.ts";
import { placeAt, SharedSshd } from "../support/ssh/shared_sshd.ts";

const NEEDS = [...sshdDoor.needs, "sftp-server"];

const shared = new SharedSshd();

/** Distance of the cuts, in bytes. */
const STEP = 64 * 1024;

/** Length of the file that is cut, in bytes. */
const LENGTH = 24 * STEP + 321;

/** Bytes that logins, questions and answers take at most, beside the content. */
const OVERHEAD = 40_000;

/** Most bytes that are in flight, in ssh's window and in the system's buffers. */
const IN_FLIGHT = 4_500_000;

/** Direction in which the content passes over the line. */
function directionOf(sides: Sides): Direction {
  return sides === DOWN ? "down" : "up";
}

/** Cuts a copy of a file after some bytes, and completes it by another one. */
async function completeAfter(after: number, sides: Sides): Promise<void> {
  const direction = directionOf(sides);
  const sshd = await shared.start();
  await using line = new UnsteadyLine(
    sshd,
    (at) => at === 0 ? { direction, after } : "whole",
  );
  using place = new Place(line);
  const [from, to] = [`${sides.from(place)}/f`, `${sides.to(place)}/g`];
  Deno.writeFileSync(from, pattern(LENGTH));
  const operands = sides.operands(place, "f", "g");
  const cut = await place.copy(["-s", ...operands]);
  assertEquals(cut.status, 255, cut.stderr);
  const left = lengthOf(to);
  const before = line.moved[direction];
  const { status, stderr } = await place.copy(["--resume", ...operands]);
  assertEquals(status, 0, stderr);
  assertEquals(Deno.readFileSync(to), pattern(LENGTH));
  const moved = line.moved[direction] - before;
  const due = 1.02 * (LENGTH - left) + OVERHEAD;
  assert(moved < due, `${moved} bytes moved, ${LENGTH - left} were missing`);
}

function lengthOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

for (const sides of [UP, DOWN]) {
  peerTest(
    `--resume: a file that is cut after any 64 KiB is completed ${sides.name}, and what is there does not move again`,
    NEEDS,
    async () => {
      const marks = Array.from({ length: 24 }, (_, at) => (at + 1) * STEP);
      const failures: string[] = [];
      const left = marks.values();
      await Promise.all(Array.from({ length: 3 }, async () => {
        for (const after of left) {
          await completeAfter(after, sides).catch((error) =>
            failures.push(`after ${after} bytes: ${error}`)
          );
        }
      }));
      assertEquals(failures, []);
    },
  );

  peerTest(
    `--retries: a file on a line that is cut again and again goes on ${sides.name} where it was`,
    NEEDS,
    async () => {
      const direction = directionOf(sides);
      const length = 16_000_000;
      // Each session moves a part of it; those that hash end before the cut.
      const cut = { direction, after: 7_000_000 };
      await using line = new UnsteadyLine(
        await shared.start(),
        (at) => at < 6 ? cut : "whole",
      );
      using place = new Place(line);
      Deno.writeFileSync(`${sides.from(place)}/f`, pattern(length));
      const { status, stderr } = await place.copy([
        ...["--retries", "9"],
        ...sides.operands(place, "f", "g"),
      ]);
      assertEquals(status, 0, stderr);
      assertEquals(Deno.readFileSync(`${sides.to(place)}/g`), pattern(length));
      const cuts = stderr.match(/connection lost, again in/g)!.length;
      const resumed = stderr.match(/: resumed at [1-9]/g)!.length;
      assertEquals(resumed, cuts, stderr);
      const moved = line.moved[direction];
      // What was in flight at a cut moves again.
      assert(moved < length + cuts * IN_FLIGHT, `${moved} bytes, ${stderr}`);
    },
  );
}

for (const way of sftpWays) {
  for (const side of ["this side", "the server"] as const) {
    peerTest(
      `--resume: ${way.name} is completed after a kill -9 of ${side}`,
      [...NEEDS, "sftp-server"],
      async () => {
        const sshd = await shared.start();
        let completed: Outcome | undefined;
        const act = async ({ pid, line, place, outcome }: Halted) => {
          Deno.kill(side === "this side" ? pid : await line.scpId(), "SIGKILL");
          // The other process of the session may still be there.
          if (side === "the server") line.proxy.drop();
          await outcome;
          const [, ...operands] = way.args(place);
          completed = await seacp(
            ["-F", sshd.config, "--resume", ...operands],
            { cwd: place.near },
          );
          assertEquals(completed.status, 0, completed.stderr);
          const { from, to } = way.ends(place);
          assertEquals(await describeTree(to), await describeTree(from));
          line.proxy.drop();
          const ssh = await line.sshId();
          await until("ssh ends", () => !isRunning(ssh));
        };
        await haltCopy({ sshd, way }, { act }, () => {});
        assert(/: resumed at [1-9]/.test(completed!.stderr), completed!.stderr);
      },
    );
  }
}

let small: Map<string, string> | undefined;

/** Gives 3,000 small files by their paths, made once. */
function smallFiles(): Map<string, string> {
  if (small !== undefined) return small;
  small = new Map();
  for (let at = 0; at < 3000; at++) {
    small.set(`tree/${at % 30}/${at}`, `${at} `.repeat(at % 100 + 1));
  }
  return small;
}

function writeSmallFiles(root: string): void {
  for (let at = 0; at < 30; at++) {
    Deno.mkdirSync(`${root}/tree/${at}`, { recursive: true });
  }
  for (const [path, content] of smallFiles()) {
    Deno.writeTextFileSync(`${root}/${path}`, content);
  }
}

for (const sides of [UP, DOWN]) {
  for (const options of [["--resume"], ["--retries", "3"]]) {
    peerTest(
      `${
        options[0]
      }: a tree of 3,000 files that is cut in the middle is completed ${sides.name}, and its files do not move again`,
      NEEDS,
      async () => {
        const direction = directionOf(sides);
        const cut = { direction, after: 500_000 } as const;
        await using line = new UnsteadyLine(
          await shared.start(),
          (at) => at === 0 ? cut : "whole",
        );
        using place = new Place(line);
        writeSmallFiles(sides.from(place));
        const args = ["-s", "-r", ...sides.operands(place, "tree", ".")];
        const first = await place.copy([...options, ...args]);
        const isTriedAgain = options[0] === "--retries";
        assertEquals(first.status, isTriedAgain ? 0 : 255);
        if (!isTriedAgain) {
          const { status, stderr } = await place.copy(
            ["--resume", "--summary", ...args],
          );
          assertEquals(status, 0, stderr);
          const [, skipped] = /([\d,]+) skipped/.exec(stderr) ?? [];
          assert(Number(skipped!.replace(",", "")) > 100, stderr);
        }
        assertEquals(
          await describeTree(sides.to(place)),
          await describeTree(sides.from(place)),
        );
      },
    );
  }
}

peerTest(
  "--resume: --jobs completes a tree that was cut",
  NEEDS,
  async () => {
    using place = placeAt(await shared.start());
    Deno.mkdirSync(`${place.near}/tree`);
    Deno.mkdirSync(`${place.far}/tree`);
    for (let at = 0; at < 12; at++) {
      Deno.writeFileSync(`${place.near}/tree/${at}`, pattern(600_000 + at));
      const there = pattern(600_000 + at).subarray(0, at * 50_000);
      Deno.writeFileSync(`${place.far}/tree/${at}`, there);
    }
    const { status, stderr } = await place.copy([
      ...["--resume", "--jobs", "4", "-r", "tree", place.remote(".")],
    ]);
    assertEquals(status, 0, stderr);
    assertEquals(stderr.match(/: resumed at /g)?.length, 11, stderr);
    assertEquals(await describeTree(place.far), await describeTree(place.near));
  },
);
