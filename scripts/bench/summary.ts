/** Summary of a work's runs. */

import type { Run } from "./rounds.ts";
import type { Work } from "./works.ts";

/** One contender's runs. */
export interface Figures {
  readonly contender: string;
  /** Number of runs. */
  readonly runs: number;
  /** The median. */
  readonly seconds: number;
  /** The median, if it was watched. */
  readonly cpuSeconds?: number;
  /** The most in any of them, if it was watched. */
  readonly peakBytes?: number;
}

/** A peer's runs next to seacp's in the same rounds. */
export interface Comparison extends Figures {
  /** The median of seacp's seconds by the peer's. */
  readonly ratio: number;
  /** The median of seacp's seconds less the peer's. */
  readonly differenceSeconds: number;
}

export interface Summary<Kind extends Work = Work> {
  readonly work: Kind;
  readonly seacp: Figures;
  readonly peers: readonly Comparison[];
  /** In the order in which they ran. */
  readonly runs: readonly Run[];
}

/** @param runs The first one is seacp's. */
export function summarize(work: Work, runs: readonly Run[]): Summary {
  const by = Map.groupBy(runs, ({ contender }) => contender);
  const [own, ...peers] = by.values().toArray() as [Run[], ...Run[][]];
  return {
    work,
    seacp: figuresOf(own),
    peers: peers.map((theirs) => compare(own, theirs)),
    runs,
  };
}

function figuresOf(runs: readonly Run[]): Figures {
  const usages = runs.flatMap(({ usage }) => usage ?? []);
  return {
    contender: runs[0]!.contender,
    runs: runs.length,
    seconds: median(runs.map(({ seconds }) => seconds)),
    ...(usages.length === 0 ? {} : {
      cpuSeconds: median(usages.map(({ cpuSeconds }) => cpuSeconds)),
      peakBytes: Math.max(...usages.map(({ peakBytes }) => peakBytes)),
    }),
  };
}

function compare(ours: readonly Run[], theirs: readonly Run[]): Comparison {
  const pairs = theirs.map(({ round, seconds }) => {
    const own = ours.find((run) => run.round === round)!;
    return { own: own.seconds, other: seconds };
  });
  return {
    ...figuresOf(theirs),
    ratio: median(pairs.map(({ own, other }) => own / other)),
    differenceSeconds: median(pairs.map(({ own, other }) => own - other)),
  };
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
