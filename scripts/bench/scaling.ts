import type { Run } from "./rounds.ts";
import { median, type Summary } from "./summary.ts";
import { FEWER } from "./turns.ts";
import type { ScaleWork } from "./works.ts";

/**
 * What each of very many files takes, as a ratio to what each of a tenth as
 * many does: the medians of the rounds' ratios. It is 1 if files do not get
 * dearer.
 */
export interface Scaling {
  /** All of the time by the number of files. */
  readonly perFile: number;
  /**
   * Without the time that a copy of one file takes, its start above all, which
   * weighs more on fewer files.
   */
  readonly perFurtherFile: number;
}

/** Compares them round by round. */
export function scalingOf({ work, runs }: Summary<ScaleWork>): Scaling {
  const rounds = Map.groupBy(runs, ({ round }) => round).values()
    .map(secondsIn).toArray();
  const { source, tenth } = work;
  return {
    perFile: median(
      rounds.map((seconds) =>
        (seconds.all / source.files.length) /
        (seconds.tenth / tenth.files.length)
      ),
    ),
    perFurtherFile: median(
      rounds.map(({ all, tenth: fewer, single }) =>
        ((all - single) / (source.files.length - 1)) /
        ((fewer - single) / (tenth.files.length - 1))
      ),
    ),
  };
}

function secondsIn(
  round: readonly Run[],
): { all: number; tenth: number; single: number } {
  const secondsOf = (name: string) =>
    round.find(({ contender }) => contender === name)!.seconds;
  return {
    all: secondsOf("seacp"),
    tenth: secondsOf(FEWER.tenth),
    single: secondsOf(FEWER.single),
  };
}
