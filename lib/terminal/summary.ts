import { MOST_MESSAGES, type Results } from "../events/results.ts";
import { printable } from "../names/printable.ts";
import { countText, durationText, filesText, sizeText } from "./amounts.ts";

/** End of a copy. */
export interface CopyEnd {
  /** Time that it took, in seconds. */
  readonly seconds: number;
  /** True where the user interrupted it. */
  readonly isInterrupted: boolean;
}

/** Most lines of failures. */
const MOST_LINES = 10;

/**
 * Gives the summary of a copy, a line each: what arrived and, if anything failed,
 * the first failures. Those that have one reason share a line.
 */
export function summaryLines(
  results: Results,
  { seconds, isInterrupted }: CopyEnd,
): readonly string[] {
  const isWhole = !isInterrupted && !results.isCut;
  const parts = [
    `${arrivedText(results, isWhole)} in ${durationText(seconds)}`,
  ];
  if (results.verified > 0) parts.push(verifiedText(results));
  if (results.skipped > 0) parts.push(`${countText(results.skipped)} skipped`);
  if (results.failures > 0) {
    parts.push(`${countText(results.failures)} failed:`);
  }
  return [
    (isInterrupted ? "interrupted: " : "") + parts.join("; "),
    ...failureLines(results),
  ];
}

/**
 * Gives what arrived, of how many where that is known: whatever failed counts as
 * a file.
 *
 * @param isWhole True where all was tried.
 */
function arrivedText(
  { copied, skipped, failedEntries, bytes, total }: Results,
  isWhole: boolean,
): string {
  const all = isWhole
    ? copied + skipped + failedEntries
    : total?.isComplete
    ? Math.max(total.files, copied)
    : undefined;
  const files = all === undefined
    ? filesText(copied)
    : `${countText(copied)} of ${filesText(all)}`;
  return `${files}, ${sizeText(bytes)}`;
}

/** Gives the number of files that are proven, and tells those that were read back. */
function verifiedText({ verified, copied, readBack }: Results): string {
  const rest = readBack === 0
    ? ""
    : readBack === verified
    ? " (read back)"
    : ` (${countText(readBack)} read back)`;
  return `${countText(verified)} of ${filesText(copied)} verified${rest}`;
}

function failureLines(results: Results): readonly string[] {
  const lines = results.groups.flatMap(({ messages, count }) =>
    count <= MOST_MESSAGES
      ? messages.map((text) => ({ text: printable(text), failures: 1 }))
      : [{
        text: `${printable(messages[0]!)} (and ${
          countText(count - 1)
        } more for this reason)`,
        failures: count,
      }]
  ).slice(0, MOST_LINES);
  const told = lines.reduce((sum, { failures }) => sum + failures, 0);
  const left = results.failures - told;
  return [
    ...lines.map(({ text }) => `  ${text}`),
    ...(left > 0 ? [`  and ${countText(left)} more`] : []),
  ];
}
