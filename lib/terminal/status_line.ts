import {
  clockText,
  countText,
  filesText,
  rateText,
  sizesText,
  sizeText,
} from "./amounts.ts";
import type { WholeProgress } from "./whole_progress.ts";

/** Mark before a total that may still grow. */
const AT_LEAST = "≥";

/** Fields of a status line, in their order. */
const FIELDS = ["files", "bytes", "percent", "rate", "left"] as const;

/** Fields that are left out where there is no room, the first one first. */
const LEAST_WANTED: readonly (typeof FIELDS[number])[] = [
  "rate",
  "bytes",
  "files",
  "left",
  "percent",
];

/**
 * Renders the progress of a whole copy, one column narrower than the terminal at
 * most: `123/2,001 files  1.2/4.8 GB  25%  38 MB/s  1:35 left`. Whole fields are
 * left out where there is no room.
 */
export function renderStatus(progress: WholeProgress, columns: number): string {
  const fields = new Map(fieldsOf(progress));
  const text = () =>
    FIELDS.flatMap((field) => fields.get(field) ?? []).join("  ");
  for (const field of LEAST_WANTED) {
    if (text().length < columns) break;
    fields.delete(field);
  }
  return text();
}

function* fieldsOf(
  { filesMoved, bytes, total, percent, rate, secondsLeft }: WholeProgress,
): Generator<[typeof FIELDS[number], string]> {
  if (total === undefined) {
    yield ["files", filesText(filesMoved)];
    yield ["bytes", sizeText(bytes)];
  } else {
    const mark = total.isComplete ? "" : AT_LEAST;
    const all = filesText(total.files);
    yield ["files", `${countText(filesMoved)}/${mark}${all}`];
    yield ["bytes", sizesText(bytes, total.bytes, mark)];
  }
  if (percent !== undefined) yield ["percent", `${percent}%`];
  if (rate !== undefined) yield ["rate", rateText(rate)];
  if (secondsLeft !== undefined && percent !== 100) {
    yield ["left", `${clockText(secondsLeft)} left`];
  }
}
