import { assertEquals } from "@std/assert";
import { Place } from "../fixtures/place.ts";
import { runProgram } from "../process/program.ts";
import { quoted } from "../process/pseudo_terminal.ts";
import { describeTree, pattern, type TreeEntry } from "../fixtures/tree.ts";
import { answer } from "./typed.ts";
import type { OpenWay } from "./way.ts";

const ENTRIES: readonly TreeEntry[] = [
  { path: "tree/d/e", content: "e\n", mode: 0o640 },
  { path: "tree/large", content: pattern(100_000) },
  { path: "file", content: "f\n", modified: 946_684_800 },
];

/** A copy that is made by every way in. */
export interface Copy {
  readonly name: string;
  readonly from: "near" | "far";
  readonly sources: readonly string[];
}

/** Copies of a tree and a file, both ways. */
export const COPIES: readonly Copy[] = [
  {
    name: "a tree and a file go up",
    from: "near",
    sources: ["tree", "file"],
  },
  { name: "a tree comes down", from: "far", sources: ["tree"] },
  { name: "a file comes down", from: "far", sources: ["file"] },
];

/** Result of a copy. */
export interface Copied {
  readonly status: number;
  /** All that the terminal, or standard error, was sent. */
  readonly said: string;
  /** Questions that were asked. */
  readonly asked: readonly string[];
}

/**
 * Copies by a way in, in a place of its own, and checks that all arrived where
 * the status is 0.
 *
 * @param program The program that copies, and options of its own.
 */
export async function copyBy(
  way: OpenWay,
  program: readonly string[],
  { from, sources }: Copy,
): Promise<Copied> {
  using place = new Place(way);
  const isUp = from === "near";
  if (isUp) place.makeNear(ENTRIES);
  else place.makeFar(ENTRIES);
  const operands = isUp
    ? [...sources, place.remote(".")]
    : [...sources.map((source) => place.remote(source)), "."];
  const copied = await runBy(way, place.near, [
    ...[...program, ...way.options, "-qrp"],
    ...operands,
  ]);
  const [origin, copy] = isUp
    ? [place.near, place.far]
    : [place.far, place.near];
  if (copied.status === 0) await assertArrived(sources, origin, copy);
  return copied;
}

/** Copies a tree from the host `far` to the host `other`; checks it likewise. */
export async function copyBetween(
  way: OpenWay,
  program: readonly string[],
): Promise<Copied> {
  using place = new Place(way);
  place.makeFar(ENTRIES);
  const copied = await runBy(way, place.near, [
    ...[...program, ...way.options, "-qrp"],
    ...[place.remote("tree"), `other:${place.near}`],
  ]);
  if (copied.status === 0) {
    await assertArrived(["tree"], place.far, place.near);
  }
  return copied;
}

/** Runs a command as the way in has it run; on a terminal where ssh asks. */
export async function runBy(
  { wrapper = [], env = {}, questions }: OpenWay,
  cwd: string,
  command: readonly string[],
): Promise<Copied> {
  const words = [...wrapper, ...command];
  if (questions === undefined) {
    const { status, stderr } = await runProgram(words, {
      cwd,
      env: { ...env },
    });
    return { status, said: stderr, asked: [] };
  }
  return await answer(words.map(quoted).join(" "), { cwd, env, questions });
}

/** Expects these entries of one directory in the other, and no others. */
async function assertArrived(
  sources: readonly string[],
  origin: string,
  copy: string,
): Promise<void> {
  const facts = { modes: true, times: true };
  const wanted = (await describeTree(origin, facts)).filter((line) =>
    sources.some((source) => line.includes(`"${source}`))
  );
  assertEquals(await describeTree(copy, facts), wanted);
}
