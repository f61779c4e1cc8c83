import { unicodeWidth } from "@std/cli/unicode-width";
import { NO_PROGRESS, progressReport } from "./progress_report.ts";
import type { Terminal } from "./terminal.ts";

/** Lines that are redrawn; one that is absent or empty takes no row. */
export interface Rows {
  /** Line of a file, as wide as the terminal but for one column. */
  readonly file?: string;
  /** Line of the whole copy, below it. */
  readonly status?: string;
}

/** Control sequence that erases all from the cursor on. */
const ERASE_BELOW = "\x1b[J";

/** Shortest time between two reports of the terminal's own progress. */
const REPORT_MILLISECONDS = 500;

/**
 * The last rows of a terminal, which are written again and again in the same place.
 * The cursor stays at the end of the last one. After the terminal belonged to
 * somebody else, they begin at a new place.
 */
export class Frame {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  /** Rows as they stand on the terminal. */
  #shown: readonly string[] = [];
  /** Width of the terminal when they were written. */
  #columns = 0;
  /** True where the last one is a status. */
  #hasStatus = false;
  #continuations = 0;
  /** Report of the terminal's own progress that is wanted, and the one it got. */
  #report = NO_PROGRESS;
  #reported = NO_PROGRESS;
  #reportedAt = -Infinity;

  /** @param now Clock in milliseconds. */
  constructor(terminal: Terminal, now: () => number) {
    this.#terminal = terminal;
    this.#now = now;
  }

  /**
   * Brings the terminal up to date.
   *
   * @param finished Lines to leave behind above the rows.
   * @returns True where anything was written.
   */
  show({ file, status }: Rows, finished: readonly string[]): boolean {
    this.#noticeStop();
    const rows = [file ?? "", status ?? ""].filter((row) => row !== "");
    const hasStatus = (status ?? "") !== "";
    const isSame = rows.join("\n") === this.#shown.join("\n");
    const report = this.#dueReport();
    if (finished.length === 0 && isSame) {
      return report !== "" && this.#write(report);
    }
    if (finished.length === 0 && rows.length === 0 && !this.#hasStatus) {
      this.#shown = [];
      return false;
    }
    const lines = finished.map((line) => `\r${line}\n`);
    if (rows.length > 0) lines.push(`\r${rows.join("\n\r")}`);
    else if (finished.length === 0) lines.push("\r");
    // A line of a file covers the one below it; a status is of any length.
    const erase = hasStatus || this.#hasStatus ? ERASE_BELOW : "";
    const text = this.#toFirstRow() + lines.join("") + erase + report;
    return this.#write(text, rows, hasStatus);
  }

  /** Has the terminal show so many percents; absent: that work goes on. */
  progress(percent: number | undefined): void {
    if (this.#terminal.showsProgress()) this.#report = progressReport(percent);
  }

  #dueReport(): string {
    const isDue = this.#report !== this.#reported &&
      this.#now() - this.#reportedAt >= REPORT_MILLISECONDS;
    return isDue ? this.#report : "";
  }

  /** Wipes the rows; the next ones begin in their place. */
  wipe(): void {
    if (this.#shown.length === 0) return;
    const text = this.#hasStatus
      ? `${this.#toFirstRow()}\r${ERASE_BELOW}`
      : `\r${" ".repeat(Math.max(0, this.#width - 1))}\r`;
    this.#write(text);
    this.#forget();
  }

  /** Takes back what must not stay: the status, and the terminal's own progress. */
  reset(): void {
    if (this.#hasStatus) this.wipe();
    this.#report = NO_PROGRESS;
    if (this.#reported !== NO_PROGRESS) this.#write(NO_PROGRESS);
  }

  get #width(): number {
    return this.#terminal.columns() ?? 80;
  }

  /** After a stop the shell has written: what stood is not under the cursor. */
  #noticeStop(): void {
    const continuations = this.#terminal.continuations();
    if (continuations === this.#continuations) return;
    this.#continuations = continuations;
    this.#forget();
  }

  #forget(): void {
    this.#shown = [];
    this.#hasStatus = false;
  }

  /** Gives the way to the first row: a narrower terminal has wrapped the rows. */
  #toFirstRow(): string {
    if (!this.#hasStatus) return "";
    const width = Math.max(1, this.#width);
    const heights = this.#shown.map((row) =>
      this.#columns <= width ? 1 : Math.ceil(unicodeWidth(row) / width)
    );
    const rows = heights.reduce((sum, height) => sum + height, 0);
    return rows > 1 ? `\x1b[${rows - 1}A` : "";
  }

  #write(
    text: string,
    rows: readonly string[] = this.#shown,
    hasStatus: boolean = this.#hasStatus,
  ): boolean {
    if (!this.#terminal.isForeground()) {
      this.#forget();
      return false;
    }
    this.#terminal.write(text);
    this.#shown = rows;
    this.#hasStatus = hasStatus;
    this.#columns = this.#width;
    if (text.endsWith(this.#report) && this.#report !== this.#reported) {
      this.#reported = this.#report;
      this.#reportedAt = this.#now();
    }
    return true;
  }
}
