/** Summaries as rows of tables in Markdown. */

import { scalingOf } from "./scaling.ts";
import type { Comparison, Figures, Summary } from "./summary.ts";
import { FLOOR } from "./floor.ts";
import { amountOf } from "./sources.ts";
import { FEWER } from "./turns.ts";
import type { ScaleWork, Work } from "./works.ts";

/** Below this, in seconds, thousandths count. */
const SHORT_SECONDS = 1;

const MEBIBYTE = 1024 ** 2;

/** Below this, in MiB, thousandths count. */
const SMALL_MEBIBYTES = 1;

const NOTHING = "-";

/** Size of the source, time of seacp, a column for each peer, and the floor. */
export function comparisonHead(
  peers: readonly string[],
  { floor }: { readonly floor: boolean },
): string[] {
  return [
    ...["work", "", "files", "directories", "MiB"],
    ...["seacp, s", "CPU, s", "memory, MiB"],
    ...peers,
    ...(floor ? [`${FLOOR}, s`, FLOOR] : []),
  ];
}

/**
 * Of each peer, the median of the pairs' ratios, such as `0.953`; with the
 * difference if the work is brief, `1.204 (+35 ms)`, and the number of pairs if
 * there are fewer than rounds, `0.021 (n=1)`.
 */
export function comparisonRow(
  summary: Summary,
  peers: readonly string[],
  { floor }: { readonly floor: boolean },
): string[] {
  const find = (name: string) =>
    summary.peers.find(({ contender }) => contender === name);
  const ratioTo = (name: string) => {
    const peer = find(name);
    return peer === undefined ? NOTHING : ratioCell(peer, summary);
  };
  const floorSeconds = find(FLOOR)?.seconds;
  const floorCells = [
    floorSeconds === undefined ? NOTHING : secondsText(floorSeconds),
    ratioTo(FLOOR),
  ];
  return [
    ...workCells(summary.work),
    ...sourceCells(summary.work),
    ...ownCells(summary.seacp),
    ...peers.map(ratioTo),
    ...(floor ? floorCells : []),
  ];
}

/** Times of very many files and of fewer, and their ratio. */
export const SCALE_HEAD: readonly string[] = [
  ...["work", "", "seacp, s", "CPU, s", "MiB"],
  ...[`${FEWER.tenth}, s`, "MiB", `${FEWER.single}, s`],
  ...["per file, ratio", "per further file, ratio"],
];

/** The ratios are those of each file's time to the tenth's. */
export function scaleRow(summary: Summary<ScaleWork>): string[] {
  const { work, seacp, peers: [tenth, single] } = summary;
  const { perFile, perFurtherFile } = scalingOf(summary);
  return [
    ...[...workCells(work), ...ownCells(seacp)],
    ...[secondsText(tenth!.seconds), mebibytesText(tenth!.peakBytes)],
    secondsText(single!.seconds),
    ...[perFile.toFixed(3), perFurtherFile.toFixed(3)],
  ];
}

/** A line of a table. */
export function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function workCells(work: Work): string[] {
  return [work.name, work.kind === "start" ? NOTHING : work.direction];
}

function sourceCells(work: Work): string[] {
  if (work.kind === "start") return [NOTHING, NOTHING, NOTHING];
  const { files, directories, bytes } = amountOf(work.source);
  const size = bytes / MEBIBYTE;
  return [
    String(files),
    String(directories),
    size.toFixed(size < SMALL_MEBIBYTES ? 3 : 1),
  ];
}

function ownCells({ seconds, cpuSeconds, peakBytes }: Figures): string[] {
  return [
    secondsText(seconds),
    cpuSeconds?.toFixed(2) ?? NOTHING,
    mebibytesText(peakBytes),
  ];
}

function ratioCell(
  { ratio, differenceSeconds, runs }: Comparison,
  { work, seacp }: Summary,
): string {
  const milliseconds = Math.round(differenceSeconds * 1000);
  const sign = milliseconds > 0 ? "+" : "";
  const notes = [
    ...(work.isBrief ? [`${sign}${milliseconds} ms`] : []),
    ...(runs < seacp.runs ? [`n=${runs}`] : []),
  ];
  const note = notes.length === 0 ? "" : ` (${notes.join(", ")})`;
  return ratio.toFixed(3) + note;
}

function secondsText(seconds: number): string {
  return seconds.toFixed(seconds < SHORT_SECONDS ? 3 : 2);
}

function mebibytesText(bytes: number | undefined): string {
  return bytes === undefined ? NOTHING : (bytes / MEBIBYTE).toFixed(0);
}
