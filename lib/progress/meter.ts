import { renderProgress } from "./line.ts";
import {
  beginProgress,
  endProgress,
  type Progress,
  updateProgress,
} from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** Shortest time between two writes to the terminal. */
const DRAW_MILLISECONDS = 100;

/**
 * scp's progress meter: a line for each file, redrawn while it moves and left
 * behind when it ended. It draws from a timer, never from the copy itself, and
 * only what differs from what is on the screen.
 */
export class Meter implements Disposable {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #timer: ReturnType<typeof setInterval>;
  #progress: Progress | undefined;
  #position = 0;
  /** Lines of files that ended since the terminal was last written to. */
  #finished = "";
  /** What stands on the terminal's current line. */
  #shown = "";
  #lastWrite = -Infinity;

  /** @param now A clock in milliseconds. */
  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
    this.#timer = setInterval(() => this.draw(), DRAW_MILLISECONDS);
  }

  began(name: string, size: number): void {
    this.#progress = beginProgress(name, size, this.#now());
    this.#position = 0;
  }

  moved(bytes: number): void {
    this.#position += bytes;
  }

  ended(): void {
    if (this.#progress === undefined) return;
    const ended = endProgress(this.#progress, this.#position, this.#now());
    this.#finished += `\r${renderProgress(ended, this.#columns)}\n`;
    this.#progress = undefined;
    if (this.#now() - this.#lastWrite >= DRAW_MILLISECONDS) this.draw();
  }

  /** Brings the terminal up to date. */
  draw(): void {
    let text = this.#finished;
    let line = text === "" ? this.#shown : "";
    if (this.#progress !== undefined) {
      this.#progress = updateProgress(
        this.#progress,
        this.#position,
        this.#now(),
      );
      line = renderProgress(this.#progress, this.#columns);
      if (text !== "" || line !== this.#shown) text += `\r${line}`;
    }
    this.#finished = "";
    if (this.#write(text)) this.#shown = line;
  }

  /** Makes room for a message: an unfinished line is wiped, to come back. */
  makeRoom(): void {
    this.draw();
    if (this.#shown === "") return;
    this.#write(`\r${" ".repeat(this.#columns - 1)}\r`);
    this.#shown = "";
  }

  #write(text: string): boolean {
    if (text === "" || !this.#terminal.isForeground()) return false;
    this.#terminal.write(text);
    this.#lastWrite = this.#now();
    return true;
  }

  get #columns(): number {
    return this.#terminal.columns() ?? 80;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.draw();
  }
}
