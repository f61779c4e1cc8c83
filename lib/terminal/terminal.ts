import { encodeName } from "../names/name_bytes.ts";
import { environmentVariable } from "../system/environment.ts";
import { showsProgress } from "./progress_report.ts";
import { foregroundTest } from "./foreground.ts";
import { printableLines } from "../names/printable.ts";

/** Standard output and standard error, as a user sees them. */
export interface Terminal {
  /** Gives the width of the terminal on standard output; `undefined` if it is none. */
  columns(): number | undefined;
  /** Tells whether a line can be drawn again. */
  canRedraw(): boolean;
  /** Tells whether the meter may draw now: a background job may not. */
  isForeground(): boolean;
  /** Counts how often the process was stopped and went on. */
  continuations(): number;
  /** Tells whether the terminal is known to show progress of its own. */
  showsProgress(): boolean;
  /** Writes to standard output as it is; gives false where nobody reads it. */
  write(text: string): boolean;
  /** Writes a line to standard error. */
  say(line: string): void;
  /**
   * Writes foreign text, as `decodeName` gives it, to standard error: escaped on a
   * terminal, else its bytes as they came.
   */
  pass(text: string): void;
}

/** Widest line that scp draws. */
const MAX_COLUMNS = 512;
const DEFAULT_COLUMNS = 80;

/**
 * Gives the terminal that this process was started on.
 *
 * @param onContinuation Calls a function each time that the process goes on after
 * a stop.
 */
export function processTerminal(
  onContinuation: (listener: () => void) => void,
): Terminal {
  let isForeground: (() => boolean) | undefined;
  let continuations: number | undefined;
  const count = () => {
    if (continuations === undefined) {
      continuations = 0;
      onContinuation(() => continuations!++);
    }
    return continuations;
  };
  return {
    continuations: count,
    showsProgress: () => showsProgress(environmentVariable),
    columns: () => Deno.stdout.isTerminal() ? consoleColumns() : undefined,
    canRedraw: () => Deno.env.get("TERM") !== "dumb",
    isForeground: () => (isForeground ??= foregroundTest())(),
    write: (text) => writeAll(Deno.stdout, text),
    say: (line) => void writeAll(Deno.stderr, line + "\n"),
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

/** Writes text; tells whether it could be written. */
function writeAll(
  to: { writeSync(bytes: Uint8Array): number },
  text: string,
): boolean {
  const bytes = encodeName(text);
  try {
    for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
    return true;
  } catch {
    // Closed, or a pipe that nobody reads any more.
    return false;
  }
}
