import { encodeName } from "../names/name_bytes.ts";
import { foregroundTest } from "./foreground.ts";
import { printableLines } from "../names/printable.ts";

/** Where a user sees what happens: standard output and standard error. */
export interface Terminal {
  /** The width of the terminal on standard output; `undefined` if it is none. */
  columns(): number | undefined;
  /** Whether a line can be drawn again; else each is written once. */
  canRedraw(): boolean;
  /** Whether the meter may draw now: not from a background job. */
  isForeground(): boolean;
  /** Writes to standard output as it is. */
  write(text: string): void;
  /** Writes a line to standard error. */
  say(line: string): void;
  /**
   * Hands on foreign text to standard error, lines ended or not, as `decodeName`
   * gives it: escaped where that is a terminal, else its bytes as they came.
   */
  pass(text: string): void;
}

/** The widest line scp draws. */
const MAX_COLUMNS = 512;
const DEFAULT_COLUMNS = 80;

/** The terminal this process was started on. */
export function processTerminal(): Terminal {
  let isForeground: (() => boolean) | undefined;
  return {
    columns: () => Deno.stdout.isTerminal() ? consoleColumns() : undefined,
    canRedraw: () => Deno.env.get("TERM") !== "dumb",
    isForeground: () => (isForeground ??= foregroundTest())(),
    write: (text) => writeAll(Deno.stdout, text),
    say: (line) => writeAll(Deno.stderr, line + "\n"),
    pass: (text) => {
      const isShown = Deno.stderr.isTerminal();
      writeAll(Deno.stderr, isShown ? printableLines(text) : text);
    },
  };
}

function consoleColumns(): number {
  try {
    return Math.min(Deno.consoleSize().columns || DEFAULT_COLUMNS, MAX_COLUMNS);
  } catch {
    return DEFAULT_COLUMNS;
  }
}

/** Nobody to read it is no reason to stop a copy. */
function writeAll(
  to: { writeSync(bytes: Uint8Array): number },
  text: string,
): void {
  const bytes = encodeName(text);
  try {
    for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
  } catch {
    // Closed, or a pipe that nobody reads any more.
  }
}
