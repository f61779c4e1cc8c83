/** Copies over SCP that end in the middle, and are completed by another one. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { peerTest, sshdDoor } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { DOWN, type Sides, UP } from "../support/fixtures/sides.ts";
import { describeTree, pattern } from "../support/fixtures/tree.ts";
import type { Direction } from "../support/hostile/cut_proxy.ts";
import { haltCopy, type Halted, ways } from "../support/hostile/halted_copy.ts";
import { UnsteadyLine } from "../support/hostile/unsteady_line.ts";
import { isRunning, lengthOf, until } from "../support/process/processes.ts";
import { type Outcome, seacp } from "../support/process/program.ts";
import { SharedSshd } from "../support/ssh/shared_sshd.ts";

const NEEDS = [...sshdDoor.needs, "sha256sum"];

const shared = new SharedSshd();

/** Distance of the cuts, in bytes. */
const STEP = 64 * 1024;

/** Length of the file that is cut, in bytes. */
const LENGTH = 24 * STEP + 321;

/** Bytes that logins, questions and answers take at most, beside the content. */
const OVERHEAD = 40_000;

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
  const cut = await place.copy(["-O", ...operands]);
  assert(cut.status !== 0, cut.stderr);
  const left = lengthOf(to);
  const before = line.moved[direction];
  const { status, stderr } = await place.copy(["-O", "--resume", ...operands]);
  assertEquals(status, 0, stderr);
  assertEquals(Deno.readFileSync(to), pattern(LENGTH));
  const moved = line.moved[direction] - before;
  const due = 1.02 * (LENGTH - left + STEP) + OVERHEAD;
  assert(moved < due, `${moved} bytes moved, ${LENGTH - left} were missing`);
}

for (const sides of [UP, DOWN]) {
  peerTest(
    `--resume -O: a file that is cut after any 64 KiB is completed ${sides.name}, and what is there does not move again`,
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
    `--resume -O: a rest that is cut, too, is told ${sides.name}, and goes on the next time`,
    NEEDS,
    async () => {
      const direction = directionOf(sides);
      const length = 8_000_000;
      // The copy's own ssh and that of the questions come before a rest's.
      await using line = new UnsteadyLine(
        await shared.start(),
        (at) => at === 2 ? { direction, after: 3_000_000 } : "whole",
      );
      using place = new Place(line);
      Deno.writeFileSync(`${sides.from(place)}/f`, pattern(length));
      const there = pattern(length).subarray(0, 1_000_000);
      const target = `${sides.to(place)}/g`;
      Deno.writeFileSync(target, there);
      const operands = sides.operands(place, "f", "g");
      const args = ["-O", "--resume", ...operands];
      const cut = await place.copy(args);
      assertEquals(cut.status, 1, cut.stderr);
      assertMatch(cut.stderr, /^far: (?:f|.*\/g|g): lost connection/m);
      const left = lengthOf(target);
      assert(left > 1_000_000 && left < length, `${left} bytes are there`);
      const { status, stderr } = await place.copy(args);
      assertEquals(status, 0, stderr);
      assertMatch(stderr, /: resumed at [2-7],/);
      assertEquals(Deno.readFileSync(target), pattern(length));
    },
  );

  peerTest(
    `--resume -O: with --retries a rest on a line that is cut again and again goes on ${sides.name}`,
    NEEDS,
    async () => {
      const direction = directionOf(sides);
      const length = 16_000_000;
      await using line = new UnsteadyLine(
        await shared.start(),
        (at) => at < 7 ? { direction, after: 7_000_000 } : "whole",
      );
      using place = new Place(line);
      Deno.writeFileSync(`${sides.from(place)}/f`, pattern(length));
      const { status, stderr } = await place.copy([
        ...["-O", "--resume", "--retries", "9"],
        ...sides.operands(place, "f", "g"),
      ]);
      assertEquals(status, 0, stderr);
      assertEquals(Deno.readFileSync(`${sides.to(place)}/g`), pattern(length));
      assertMatch(stderr, /: resumed at [1-9]/);
    },
  );
}

for (const way of ways) {
  for (const side of ["this side", "the server"] as const) {
    peerTest(
      `--resume -O: ${way.name} is completed after a kill -9 of ${side}`,
      NEEDS,
      async () => {
        const sshd = await shared.start();
        let completed: Outcome | undefined;
        const act = async ({ pid, line, place, outcome }: Halted) => {
          Deno.kill(side === "this side" ? pid : await line.scpId(), "SIGKILL");
          // The other process of the session may still be there.
          if (side === "the server") line.proxy.drop();
          await outcome;
          completed = await seacp(
            ["-F", sshd.config, "--resume", ...way.args(place)],
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
        assertMatch(completed!.stderr, /: resumed at [1-9]/);
      },
    );
  }
}
