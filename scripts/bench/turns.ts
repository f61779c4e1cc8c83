/** Whose turns each kind of work consists of. */

import { type Contender, LIMIT } from "./contenders.ts";
import type { Program } from "./program.ts";
import type { Turn } from "./rounds.ts";
import {
  amountOf,
  asOneFile,
  isTree,
  levelsOf,
  type Source,
} from "./sources.ts";
import type { CopyWork, ScaleWork, Work } from "./works.ts";

/** Contenders, and the number of their turns. */
export interface Contest {
  readonly program: Program;
  readonly seacp: Contender;
  /** Whom it is compared with; they are installed. */
  readonly peers: readonly Contender[];
  readonly rounds: number;
  /** True where the floor of each copy takes its turn, too. */
  readonly floor: boolean;
}

/** Paths of programs, and their way to the host. */
export interface Place {
  /** The directory that they run in. */
  readonly directory: string;
  /** The file of ssh's configuration. */
  readonly config: string;
}

/** Baselines of a work with many files: seacp, with fewer, with one. */
export const FEWER = { tenth: "a tenth", single: "one file" } as const;

/** Source that a work needs. */
export function sourcesOf(work: Work, peers: readonly Contender[]): Source[] {
  if (work.kind === "start") return [];
  if (work.kind === "scale") return [work.source, work.tenth, work.single];
  const { source } = work;
  return isTree(source) && peers.some(({ isOneFile }) => isOneFile)
    ? [source, asOneFile(source)]
    : [source];
}

/** The turns in a round of the work, seacp's first. */
export function turnsOf(work: Work, contest: Contest, place: Place): Turn[] {
  switch (work.kind) {
    case "copy":
      return [contest.seacp, ...contest.peers]
        .filter(({ mostLevels = Infinity }) =>
          levelsOf(work.source) <= mostLevels
        )
        .map((contender) => copyTurn(contender, work, place));
    case "start":
      return startTurns(contest);
    case "scale":
      return scaleTurns(work, contest, place);
  }
}

/** Gives the turns for the start of the program. */
export function startTurns({ program, peers }: Contest): Turn[] {
  const own = {
    contender: "seacp",
    command: [...program.command, "--version"],
    isWatched: true,
  };
  if (!peers.some(({ name }) => name === LIMIT)) return [own];
  return [own, {
    contender: LIMIT,
    command: program.oneLine,
    isWatched: false,
  }];
}

function scaleTurns(
  { direction, source, tenth, single }: ScaleWork,
  { seacp }: Contest,
  place: Place,
): Turn[] {
  const copies = [
    { name: seacp.name, source },
    { name: FEWER.tenth, source: tenth },
    { name: FEWER.single, source: single },
  ];
  return copies.map(({ name, source }) =>
    copyTurn(
      { ...seacp, name },
      { direction, source, preserves: false },
      place,
    )
  );
}

function copyTurn(
  { name, command, isOneFile, isWatched }: Contender,
  work: Pick<CopyWork, "direction" | "preserves" | "source">,
  { config }: Place,
): Turn {
  const source = isOneFile ? asOneFile(work.source) : work.source;
  const { direction, preserves } = work;
  return {
    contender: name,
    command: command({
      direction,
      preserves,
      source: source.name,
      isTree: isTree(source),
      config,
    }),
    isWatched: isWatched ?? false,
    copy: { direction, amount: amountOf(source) },
  };
}
