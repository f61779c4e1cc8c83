/** What a terminal is sent: a sequence that moves or erases, a report, a character. */
// deno-lint-ignore no-control-regex
const PARTS = /\x1b\[\d*[A-Z]|\x1b\].*?\x1b\\|[^]/gu;

// deno-lint-ignore no-control-regex
const SEQUENCE = /^\x1b\[(\d*)([A-Z])$/;

/**
 * Gives the lines that a terminal shows in the end, without the spaces at their
 * ends and without empty ones.
 */
export function rendered(output: string): string[] {
  const rows: string[][] = [[]];
  let row = 0;
  let column = 0;
  for (const [part] of output.matchAll(PARTS)) {
    const [, count, command] = SEQUENCE.exec(part) ?? [];
    if (part === "\r") column = 0;
    else if (part === "\n") {
      row++;
      rows[row] ??= [];
    } else if (command === "A") row = Math.max(0, row - Number(count || 1));
    else if (command === "J") {
      rows.splice(row + 1);
      rows[row]!.splice(column);
    } else if (!part.startsWith("\x1b")) {
      rows[row]![column++] = part;
    }
  }
  return rows.map((cells) =>
    Array.from(cells, (cell) => cell ?? " ").join("").trimEnd()
  ).filter((line) => line !== "");
}
