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
  /** Variables for this program, beside those of all. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Expected result, if the turn makes a copy. */
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

/**
 * Takes a turn; what it copied is removed.
 *
 * @throws {Error} If its program fails, or if its copy did not arrive whole.
 */
export async function take(
  turn: Turn,
  field: Field,
  watching = { isWatched: false },
): Promise<Pick<Run, "seconds" | "usage">> {
  if (turn.copy === undefined) return await time(turn, field, watching);
  const copies = field.copies(turn.copy.direction);
  Deno.mkdirSync(copies);
  const figures = await time(turn, field, watching);
  const arrived = amountText(amountIn(copies));
  const expected = amountText(turn.copy.amount);
  if (arrived !== expected) {
    throw new Error(
      `${turn.command.join(" ")}: ${arrived} arrived, not ${expected}`,
    );
  }
  Deno.removeSync(copies, { recursive: true });
  return figures;
}

function amountText({ files, directories, bytes }: Amount): string {
  return `${files} files in ${directories} directories with ${bytes} bytes`;
}

/** From before the program starts until it has ended. */
async function time(
  { command, environment }: Turn,
  { directory, host, interrupted }: Field,
  { isWatched }: { isWatched: boolean },
): Promise<Pick<Run, "seconds" | "usage">> {
  interrupted.throwIfAborted();
  const [program, ...args] = command;
  const before = performance.now();
  const child = new Deno.Command(program!, {
    args,
    cwd: directory,
    env: { ...host.environment, ...environment },
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
