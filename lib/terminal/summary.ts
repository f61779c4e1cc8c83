import { MOST_MESSAGES, type Results } from "../events/results.ts";
import { printable } from "../names/printable.ts";
import { countText, durationText, filesText, sizeText } from "./amounts.ts";

/** End of a copy. */
export interface CopyEnd {
  /** Time that it took, in seconds. */
  readonly seconds: number;
  /** True where the user interrupted it. */
  readonly isInterrupted: boolean;
  /** True where nothing was to be changed. */
  readonly isDry?: boolean | undefined;
}

/** Most lines of failures. */
const MOST_LINES = 10;

/**
 * Gives the summary of a copy, a line each: what arrived and, if anything failed,
 * the first failures. Those that have one reason share a line.
 */
export function summaryLines(
  results: Results,
  { seconds, isInterrupted, isDry }: CopyEnd,
): readonly string[] {
  const isWhole = !isInterrupted && !results.isCut;
  const parts = isDry
    ? plannedTexts(results)
    : [`${arrivedText(results, isWhole)} in ${durationText(seconds)}`];
  if (results.verified > 0) parts.push(verifiedText(results));
  if (results.skipped > 0) {
    const reasons = isDry ? ` (${reasonsText(results)})` : "";
    parts.push(`${countText(results.skipped)} skipped${reasons}`);
  }
  if (isDry && results.excluded > 0) {
    parts.push(`${countText(results.excluded)} excluded`);
  }
  if (results.failures > 0) {
    parts.push(`${countText(results.failures)} failed:`);
  }
  return [
    (isInterrupted ? "interrupted: " : "") + parts.join("; "),
    ...failureLines(results),
  ];
}

/** Gives what a dry run would do: `would copy 3 files, 6 bytes`. */
function plannedTexts({ planned }: Results): string[] {
  const { files, bytes, directories, links } = planned;
  const others: string[] = [];
  if (directories > 0) {
    others.push(
      `${countText(directories)} ${
        directories === 1 ? "directory" : "directories"
      }`,
    );
  }
  if (links > 0) {
    others.push(`${countText(links)} link${links === 1 ? "" : "s"}`);
  }
  return [
    `would copy ${filesText(files)}, ${sizeText(bytes)}`,
    ...(others.length > 0 ? [`would make ${others.join(" and ")}`] : []),
  ];
}

/** Gives the reasons of what was skipped, with numbers where there are several. */
function reasonsText({ skippedFor }: Results): string {
  const reasons = [...skippedFor];
  return reasons.length === 1
    ? reasons[0]![0]
    : reasons.map(([reason, count]) => `${countText(count)}: ${reason}`)
      .join("; ");
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
