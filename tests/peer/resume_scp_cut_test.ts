/** Copies over SCP that end in the middle, and are completed by another one. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  completeAfterEachStep,
  completeKilled,
  directionOf,
  STEP,
} from "../support/completed_copies.ts";
import { peerTest, sshdDoor } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { DOWN, UP } from "../support/fixtures/sides.ts";
import { pattern } from "../support/fixtures/tree.ts";
import { ways } from "../support/hostile/halted_copy.ts";
import { UnsteadyLine } from "../support/hostile/unsteady_line.ts";
import { lengthOf } from "../support/process/processes.ts";
import { SharedSshd } from "../support/ssh/shared_sshd.ts";

const NEEDS = [...sshdDoor.needs, "sha256sum"];

const shared = new SharedSshd();

for (const sides of [UP, DOWN]) {
  peerTest(
    `--resume -O: a file that is cut after any 64 KiB is completed ${sides.name}, and what is there does not move again`,
    NEEDS,
    async () =>
      await completeAfterEachStep(await shared.start(), {
        sides,
        options: ["-O"],
        completedBy: ["-O", "--resume"],
        checkCut: ({ status, stderr }) => assert(status !== 0, stderr),
        // A rest begins at a whole block.
        again: STEP,
      }),
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
      const [, at = ""] = /: resumed at ([\d,]+) of/.exec(stderr) ?? [];
      // A rest begins at a whole block.
      assert(Number(at.replaceAll(",", "")) > left - STEP, stderr);
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
        const { stderr } = await completeKilled(
          await shared.start(),
          way,
          side,
          (place) => way.args(place),
        );
        assertMatch(stderr, /: resumed at [1-9]/);
      },
    );
  }
}
