/** Copies that end in the middle, and are completed by another one. */

import { assert, assertEquals } from "@std/assert";
import {
  completeAfterEachStep,
  completeKilled,
  directionOf,
} from "../support/completed_copies.ts";
import { peerTest, sshdDoor } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { DOWN, UP } from "../support/fixtures/sides.ts";
import { describeTree, pattern } from "../support/fixtures/tree.ts";
import { sftpWays } from "../support/hostile/halted_copy.ts";
import { UnsteadyLine } from "../support/hostile/unsteady_line.ts";
import { placeAt, SharedSshd } from "../support/ssh/shared_sshd.ts";

const NEEDS = [...sshdDoor.needs, "sftp-server"];

const shared = new SharedSshd();

/** Most bytes that are in flight, in ssh's window and in the system's buffers. */
const IN_FLIGHT = 4_500_000;

for (const sides of [UP, DOWN]) {
  peerTest(
    `--resume: a file that is cut after any 64 KiB is completed ${sides.name}, and what is there does not move again`,
    NEEDS,
    async () =>
      await completeAfterEachStep(await shared.start(), {
        sides,
        options: ["-s"],
        completedBy: ["--resume"],
        checkCut: ({ status, stderr }) => assertEquals(status, 255, stderr),
        again: 0,
      }),
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
        const { stderr } = await completeKilled(
          await shared.start(),
          way,
          side,
          (place) => way.args(place).slice(1),
        );
        assert(/: resumed at [1-9]/.test(stderr), stderr);
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
