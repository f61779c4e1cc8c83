import { unicodeWidth } from "@std/cli/unicode-width";
import { printable } from "../names/printable.ts";
import {
  percentOf,
  type Progress,
  remainingSeconds,
  shownRate,
} from "./progress.ts";

/** Fewest columns of a name: below that, fields to its right are left out. */
const NAME_COLUMNS = 1;

/**
 * Renders the meter's line with scp's fields, one column narrower than the
 * terminal. Where no room is left for the name, whole fields are left out, the
 * last one first, so that no number is cut.
 */
export function renderProgress(progress: Progress, columns: number): string {
  const fields = [
    ` ${percentText(progress)}% `,
    sizeText(progress.position),
    ` ${rateText(shownRate(progress))}/s `,
    timeText(progress),
  ];
  const width = columns - 1;
  while (fields.length > 1 && fields.join("").length + NAME_COLUMNS > width) {
    fields.pop();
  }
  const rest = fields.join("");
  const name = fitted(printable(progress.name), width - rest.length);
  return name + rest.slice(0, Math.max(0, width));
}

function percentText(progress: Progress): string {
  return String(percentOf(progress)).padStart(3);
}

/** Cuts or pads text to exactly `columns`, wide characters counted as two. */
function fitted(text: string, columns: number): string {
  let kept = "";
  let width = 0;
  for (const char of text) {
    const charWidth = unicodeWidth(char);
    if (width + charWidth > columns) break;
    kept += char;
    width += charWidth;
  }
  return kept + " ".repeat(Math.max(0, columns - width));
}

const units = " KMGTP";

/** Renders six characters: a number of at most four digits, and its unit. */
function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 10_000; unit++) value = Math.floor((value + 512) / 1024);
  return String(value).padStart(4) + units.charAt(unit) + (unit ? "B" : " ");
}

/** Renders seven characters: at least kilobytes, with one decimal. */
function rateText(bytesPerSecond: number): string {
  let hundredths = Math.floor(bytesPerSecond * 100);
  let unit = 0;
  do {
    hundredths = Math.floor((hundredths + 512) / 1024);
    unit++;
  } while (hundredths >= 100_000 && unit < units.length - 1);
  const tenths = Math.floor((hundredths + 5) / 10);
  return String(Math.floor(tenths / 10)).padStart(3) + `.${tenths % 10}` +
    units.charAt(unit) + "B";
}

/** Renders eleven characters: `  MM:SS ETA`, `H:MM:SS ETA`, or the lack of them. */
function timeText(progress: Progress): string {
  const remaining = remainingSeconds(progress);
  if (remaining === "verifying") return "  verifying";
  if (remaining === "stalled") return "- stalled -";
  const after = progress.ended ? "    " : " ETA";
  if (remaining === "unknown") return "  --:--" + after;
  const total = Math.floor(remaining);
  const hours = Math.floor(total / 3600);
  const clock = [Math.floor(total / 60) % 60, total % 60]
    .map((part) => String(part).padStart(2, "0")).join(":");
  if (hours === 0) return `  ${clock}${after}`;
  return hours < 100
    ? `${hours}:${clock}`.padStart(7) + after
    : "  --:--" + after;
}
