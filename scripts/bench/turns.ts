/** Whose turns each kind of work consists of. */

import { type Contender, LIMIT } from "./contenders.ts";
import type { Program } from "./program.ts";
import type { Turn } from "./rounds.ts";
import { amountOf, asOneFile, type Source } from "./sources.ts";
import type { CopyWork, ScaleWork, Work } from "./works.ts";

/** Who takes part, and how often. */
export interface Contest {
  readonly program: Program;
  readonly seacp: Contender;
  /** Whom it is compared with; they are installed. */
  readonly peers: readonly Contender[];
  readonly rounds: number;
}

/** Where programs are, and how they get to the host. */
export interface Place {
  /** The folder that they run in. */
  readonly folder: string;
  /** The file of ssh's configuration. */
  readonly config: string;
}

/** What a work with many files is compared with: seacp, with fewer, with one. */
export const FEWER = { tenth: "a tenth", single: "one file" } as const;

/** What has to be there for a work. */
export function sourcesOf(work: Work, peers: readonly Contender[]): Source[] {
  if (work.kind === "start") return [];
  if (work.kind === "scale") return [work.source, work.tenth, work.single];
  const { source } = work;
  return source.folders > 0 && peers.some(({ isOneFile }) => isOneFile)
    ? [source, asOneFile(source)]
    : [source];
}

/** The turns in a round of the work, seacp's first. */
export function turnsOf(work: Work, contest: Contest, place: Place): Turn[] {
  switch (work.kind) {
    case "copy":
      return [contest.seacp, ...contest.peers].map((contender) =>
        copyTurn(contender, work, place)
      );
    case "start":
      return startTurns(contest);
    case "scale":
      return scaleTurns(work, contest, place);
  }
}

/** The same, for the start of the program. */
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
      isTree: source.folders > 0,
      config,
    }),
    isWatched: isWatched ?? false,
    copy: { direction, amount: amountOf(source) },
  };
}
