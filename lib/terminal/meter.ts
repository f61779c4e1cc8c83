import { renderProgress } from "./line.ts";
import type { CopyEvent, MovingFile, Observer } from "../events/copy_event.ts";
import {
  beginProgress,
  endProgress,
  type Progress,
  updateProgress,
} from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** Shortest time between two writes to the terminal. */
const DRAW_MILLISECONDS = 100;

/** Line of a file that moves, or that waits for the lines before it. */
interface Line {
  progress: Progress;
  position: number;
}

/**
 * Progress meter as scp has it: a line for each file, redrawn while the file moves
 * and left behind at its end. Of several files in flight, the one that began first
 * is shown, and lines are left behind in that order. A timer draws, never the copy
 * itself, and only what has changed. On a terminal that cannot redraw, only the
 * lines of finished files are written.
 */
export class Meter implements Observer, Disposable {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #canRedraw: boolean;
  /** Lines in the order in which their files began; the first one is shown. */
  readonly #lines = new Map<MovingFile, Line>();
  /** Lines of files that finished since the last write to the terminal. */
  #finished = "";
  /** Text on the terminal's current line. */
  #shown = "";
  #lastWrite = -Infinity;

  /** @param now Clock in milliseconds. */
  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
    this.#canRedraw = terminal.canRedraw();
    this.#timer = setInterval(() => this.draw(), DRAW_MILLISECONDS);
  }

  /** Takes the progress of files; ignores other events. */
  report(event: CopyEvent): void {
    switch (event.kind) {
      case "fileStarted": {
        const { name, size } = event.file;
        const progress = beginProgress(name, size, this.#now());
        this.#lines.set(event.file, { progress, position: 0 });
        break;
      }
      case "moved": {
        const line = this.#lines.get(event.file);
        if (line !== undefined) line.position += event.bytes;
        break;
      }
      case "finished": {
        const line = this.#lines.get(event.file);
        if (line !== undefined) this.#finish(line);
        break;
      }
    }
  }

  #finish(line: Line): void {
    line.progress = endProgress(line.progress, line.position, this.#now());
    const before = this.#finished;
    for (const [file, { progress }] of this.#lines) {
      if (!progress.ended) break;
      this.#lines.delete(file);
      const start = this.#canRedraw ? "\r" : "";
      this.#finished += `${start}${renderProgress(progress, this.#columns)}\n`;
    }
    if (this.#finished === before) return;
    if (this.#now() - this.#lastWrite >= DRAW_MILLISECONDS) this.draw();
  }

  /** Brings the terminal up to date. */
  draw(): void {
    let text = this.#finished;
    let shown = text === "" ? this.#shown : "";
    for (const line of this.#lines.values()) {
      if (line.progress.ended) continue;
      line.progress = updateProgress(line.progress, line.position, this.#now());
    }
    const [first] = this.#lines.values();
    if (first !== undefined && this.#canRedraw) {
      shown = renderProgress(first.progress, this.#columns);
      if (text !== "" || shown !== this.#shown) text += `\r${shown}`;
    }
    this.#finished = "";
    if (this.#write(text)) this.#shown = shown;
  }

  /** Wipes the current line to make room for a message; it is drawn again later. */
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
