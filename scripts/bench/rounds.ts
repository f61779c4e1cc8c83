/** Contenders take turns, round after round, and are timed. */

import type { Direction } from "./copy.ts";
import type { Field } from "./field.ts";
import { type Amount, amountIn } from "./sources.ts";
import { type Usage, UsageWatch } from "./usage.ts";

/** Work of one contender in each round. */
export interface Turn {
  readonly contender: string;
  /** The program and its arguments; it runs in the field's directory. */
  readonly command: readonly string[];
  /** True where its CPU time and memory are measured. */
  readonly isWatched: boolean;
  /** Expected result, if the work is a copy. */
  readonly copy?: { readonly direction: Direction; readonly amount: Amount };
}

/** One turn in one round. */
export interface Run {
  readonly contender: string;
  /** From 0. */
  readonly round: number;
  readonly seconds: number;
  /** Of the contender, in a run of its own. */
  readonly usage?: Usage;
}

export interface RoundOptions {
  readonly rounds: number;
  /**
   * Whoever but the first one takes longer in the first round, in seconds, is
   * not run in the others.
   *
   * @default {Infinity}
   */
  readonly patience?: number;
}

/**
 * Each round is in the other order than the one before: if the machine gets
 * slower, or faster, it does so for all.
 *
 * @throws {Error} If a program fails, or if its copy did not arrive whole.
 */
export async function playRounds(
  turns: readonly Turn[],
  field: Field,
  { rounds, patience = Infinity }: RoundOptions,
): Promise<Run[]> {
  const runs: Run[] = [];
  const usages = await usagesOf(turns, field);
  let playing = turns;
  for (let round = 0; round < rounds; round++) {
    for (const turn of round % 2 === 0 ? playing : playing.toReversed()) {
      const { contender } = turn;
      const { seconds } = await take(turn, field);
      const usage = usages.get(contender);
      runs.push({
        contender,
        round,
        seconds,
        ...(usage === undefined ? {} : { usage }),
      });
    }
    if (round > 0) continue;
    playing = turns.filter((turn, at) =>
      at === 0 ||
      runs.every(({ contender, seconds }) =>
        contender !== turn.contender || seconds <= patience
      )
    );
  }
  return runs;
}

/** To watch slows down who is watched: it is done once, before the rounds. */
async function usagesOf(
  turns: readonly Turn[],
  field: Field,
): Promise<ReadonlyMap<string, Usage>> {
  const usages = new Map<string, Usage>();
  for (const turn of turns) {
    if (!turn.isWatched) continue;
    const { usage } = await take(turn, field, { isWatched: true });
    if (usage !== undefined) usages.set(turn.contender, usage);
  }
  return usages;
}

/** Takes a turn; what it copied is removed. */
async function take(
  turn: Turn,
  field: Field,
  watching = { isWatched: false },
): Promise<Pick<Run, "seconds" | "usage">> {
  if (turn.copy === undefined) return await time(turn, field, watching);
  const copies = field.copies(turn.copy.direction);
  Deno.mkdirSync(copies);
  const figures = await time(turn, field, watching);
  const { files, bytes } = amountIn(copies);
  const { amount } = turn.copy;
  if (files !== amount.files || bytes !== amount.bytes) {
    throw new Error(
      `${
        turn.command.join(" ")
      }: ${files} files with ${bytes} bytes arrived, ` +
        `not ${amount.files} with ${amount.bytes}`,
    );
  }
  Deno.removeSync(copies, { recursive: true });
  return figures;
}

/** From before the program starts until it has ended. */
async function time(
  { command }: Turn,
  { directory, interrupted }: Field,
  { isWatched }: { isWatched: boolean },
): Promise<Pick<Run, "seconds" | "usage">> {
  interrupted.throwIfAborted();
  const [program, ...args] = command;
  const before = performance.now();
  const child = new Deno.Command(program!, {
    args,
    cwd: directory,
    signal: interrupted,
    stdin: "null",
    stdout: "null",
  }).spawn();
  using watch = isWatched ? new UsageWatch(child.pid) : undefined;
  const { code } = await child.status;
  const seconds = (performance.now() - before) / 1000;
  interrupted.throwIfAborted();
  if (code !== 0) {
    throw new Error(`${command.join(" ")}: it ended with status ${code}`);
  }
  const usage = watch?.usage;
  return { seconds, ...(usage === undefined ? {} : { usage }) };
}
