/** Copies of a file that are cut, and completed by another one. */

import { assert, assertEquals } from "@std/assert";
import { Place } from "./fixtures/place.ts";
import { DOWN, type Sides } from "./fixtures/sides.ts";
import { describeTree, pattern } from "./fixtures/tree.ts";
import type { Direction } from "./hostile/cut_proxy.ts";
import { haltCopy, type Halted, type Way } from "./hostile/halted_copy.ts";
import { UnsteadyLine } from "./hostile/unsteady_line.ts";
import { isRunning, lengthOf, until } from "./process/processes.ts";
import { type Outcome, seacp } from "./process/program.ts";
import type { Sshd } from "./ssh/sshd.ts";

/** Distance of the cuts, in bytes. */
export const STEP = 64 * 1024;

/** Number of whole steps in the file that is cut. */
const STEPS = 24;

/** Length of the file that is cut, in bytes. */
const LENGTH = STEPS * STEP + 321;

/** Bytes that logins, questions and answers take at most, beside the content. */
const OVERHEAD = 40_000;

/** Copy that is cut, and the one that completes it. */
export interface CompletedCopy {
  readonly sides: Sides;
  /** Options of the copy that is cut. */
  readonly options: readonly string[];
  /** Options of the one that completes it. */
  readonly completedBy: readonly string[];
  /** Checks the end of the one that is cut. */
  checkCut(outcome: Outcome): void;
  /** Most bytes of what is there that move again. */
  readonly again: number;
}

/** Gives the direction in which the content passes over the line. */
export function directionOf(sides: Sides): Direction {
  return sides === DOWN ? "down" : "up";
}

/** Cuts a copy of a file after each 64 KiB, and completes it by another one. */
export async function completeAfterEachStep(
  sshd: Sshd,
  copy: CompletedCopy,
): Promise<void> {
  const marks = Array.from({ length: STEPS }, (_, at) => (at + 1) * STEP);
  const failures: string[] = [];
  const left = marks.values();
  await Promise.all(Array.from({ length: 3 }, async () => {
    for (const after of left) {
      await completeAfter(sshd, copy, after).catch((error) =>
        failures.push(`after ${after} bytes: ${error}`)
      );
    }
  }));
  assertEquals(failures, []);
}

async function completeAfter(
  sshd: Sshd,
  { sides, options, completedBy, checkCut, again }: CompletedCopy,
  after: number,
): Promise<void> {
  const direction = directionOf(sides);
  await using line = new UnsteadyLine(
    sshd,
    (at) => at === 0 ? { direction, after } : "whole",
  );
  using place = new Place(line);
  const [from, to] = [`${sides.from(place)}/f`, `${sides.to(place)}/g`];
  Deno.writeFileSync(from, pattern(LENGTH));
  const operands = sides.operands(place, "f", "g");
  checkCut(await place.copy([...options, ...operands]));
  const left = lengthOf(to);
  const before = line.moved[direction];
  const { status, stderr } = await place.copy([...completedBy, ...operands]);
  assertEquals(status, 0, stderr);
  assertEquals(Deno.readFileSync(to), pattern(LENGTH));
  const moved = line.moved[direction] - before;
  const due = 1.02 * (LENGTH - left + again) + OVERHEAD;
  assert(moved < due, `${moved} bytes moved, ${LENGTH - left} were missing`);
}

/**
 * Tells whether two files have the same first bytes: a length alone may be that of a
 * later block, which was written before the first one.
 */
function beginAlike(one: string, other: string, length: number): boolean {
  if (lengthOf(other) < length) return false;
  const [first, second] = [one, other].map((path) => {
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, file.readSync(bytes) ?? 0);
  });
  return first!.length === length &&
    first!.every((byte, at) => byte === second![at]);
}

/**
 * Ends a copy in its middle by a kill -9, and completes it by another one.
 *
 * @param argsOf Gives the arguments of the one that completes it.
 * @returns The outcome of that one.
 */
export async function completeKilled(
  sshd: Sshd,
  way: Way,
  side: "this side" | "the server",
  argsOf: (place: Place) => readonly string[],
): Promise<Outcome> {
  let completed: Outcome | undefined;
  const act = async ({ pid, line, place, from, to, outcome }: Halted) => {
    await until(
      "enough to go on with arrives",
      () => beginAlike(`${from}/f`, `${to}/f`, 2 * STEP),
    );
    Deno.kill(side === "this side" ? pid : await line.scpId(), "SIGKILL");
    // The other process of the session may still be there.
    if (side === "the server") line.proxy.drop();
    await outcome;
    completed = await seacp(
      ["-F", sshd.config, "--resume", ...argsOf(place)],
      { cwd: place.near },
    );
    assertEquals(completed.status, 0, completed.stderr);
    assertEquals(await describeTree(to), await describeTree(from));
    line.proxy.drop();
    const ssh = await line.sshId();
    await until("ssh ends", () => !isRunning(ssh));
  };
  await haltCopy({ sshd, way }, { act }, () => {});
  return completed!;
}
