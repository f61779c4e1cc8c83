/**
 * Works that are measured: copies, the start of the program, the cost of many
 * files.
 */

import type { PeerName } from "./contenders.ts";
import type { Direction } from "./copy.ts";
import { smallFiles } from "./made_trees.ts";
import type { Settings } from "./settings.ts";
import { isTree, oneFile, type Source } from "./sources.ts";

interface Named {
  readonly name: string;
  /** That it is the start and the end that take the time. */
  readonly isBrief?: true;
}

/** A copy that all contenders make. */
export interface CopyWork extends Named {
  readonly kind: "copy";
  readonly direction: Direction;
  readonly source: Source;
  /** True where times and modes are preserved. */
  readonly preserves: boolean;
  /** The round-trip time that is added, in milliseconds. */
  readonly roundTrip: number;
}

/** Start of the program, to print its version. */
export interface StartWork extends Named {
  readonly kind: "start";
}

/** Cost of each of very many files, next to a tenth as many. */
export interface ScaleWork extends Named {
  readonly kind: "scale";
  readonly direction: Direction;
  readonly source: Source;
  /** A tenth of the files in a tenth of the directories, as many in each. */
  readonly tenth: Source;
  /** One such file: what a copy takes besides its files. */
  readonly single: Source;
}

export type Work = CopyWork | StartWork | ScaleWork;

const MEBIBYTE = 1024 ** 2;
const TINY_BYTES = 1024;
const MANY_DIRECTORIES = 500;

/**
 * Gives all works that these settings ask for, those with the same source
 * together.
 *
 * @param trees The trees that the settings name.
 */
export function works(settings: Settings, trees: readonly Source[]): Work[] {
  const asked = new Set(settings.trees);
  const copies = [
    ...trees.flatMap((tree) => treeRows(tree, settings)),
    ...(asked.has("large") ? largeRows(settings) : []),
    ...(asked.has("tiny") ? tinyRows(settings) : []),
  ].map((row) => ({
    kind: "copy" as const,
    preserves: settings.preserve,
    ...row,
    name: workName(row, settings),
  }));
  const scales = asked.has("scale") ? scaleRows(settings) : [];
  return [
    ...bothWays(copies, settings),
    ...bothWays(scales, settings),
    ...(asked.has("start") ? [START] : []),
  ];
}

const START: StartWork = {
  kind: "start",
  name: "start-up, --version",
  isBrief: true,
};

type Row = Pick<CopyWork, "name" | "source" | "roundTrip" | "isBrief">;

function treeRows(source: Source, { rtt }: Settings): Row[] {
  return rtt.map((roundTrip) => ({ name: source.name, source, roundTrip }));
}

/** One size near by, another at the greatest round-trip time. */
function largeRows({ rtt, mebibytes, distant }: Settings): Row[] {
  return extremesOf(rtt).map((roundTrip) => ({
    name: "one large file",
    source: roundTrip === 0
      ? oneFile("large", mebibytes * MEBIBYTE)
      : oneFile("distant", distant * MEBIBYTE),
    roundTrip,
  }));
}

function tinyRows({ rtt }: Settings): Row[] {
  const source = oneFile("tiny", TINY_BYTES);
  return extremesOf(rtt).map((roundTrip) => ({
    name: "one file of 1 KiB",
    source,
    roundTrip,
    isBrief: true,
  }));
}

/** Gives the least and the greatest one. */
function extremesOf(roundTrips: readonly number[]): number[] {
  return [...new Set([Math.min(...roundTrips), Math.max(...roundTrips)])];
}

function workName({ name, roundTrip }: Row, { preserve }: Settings): string {
  return [
    name,
    ...(preserve ? ["-p"] : []),
    ...(roundTrip > 0 ? [`${roundTrip} ms`] : []),
  ].join(", ");
}

function scaleRows({ many }: Settings): Omit<ScaleWork, "direction">[] {
  return [1, MANY_DIRECTORIES].map((directories) => {
    const place = directories === 1
      ? "one directory"
      : `${directories} directories`;
    return {
      kind: "scale",
      name: `${many} files in ${place}`,
      source: smallFiles(`many${directories}`, { files: many, directories }),
      tenth: smallFiles(`tenth${directories}`, {
        files: Math.round(many / 10),
        directories: Math.ceil(directories / 10),
      }),
      single: oneFile("single", TINY_BYTES),
    };
  });
}

function bothWays<Kind>(
  rows: readonly Kind[],
  { direction }: Settings,
): (Kind & { direction: Direction })[] {
  const directions: readonly Direction[] = direction === undefined
    ? ["up", "down"]
    : [direction];
  return rows.flatMap((row) =>
    directions.map((direction) => ({ ...row, direction }))
  );
}

/**
 * Gives the peers of a work: those that are asked for; else rsync for a tree,
 * and for one file scp over the same protocol.
 */
export function peersOf(work: Work, settings: Settings): readonly PeerName[] {
  const { peers, protocol, remote } = settings;
  if (peers !== undefined) return peers;
  if (work.kind !== "copy") return [];
  if (isTree(work.source)) return ["rsync"];
  return [protocol === "scp" || remote === "scp-only" ? "scp-O" : "scp"];
}
