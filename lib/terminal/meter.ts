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

/** A file that moves, or has moved and waits for those before it. */
interface Line {
  progress: Progress;
  position: number;
}

/**
 * scp's progress meter: a line for each file, redrawn while it moves and left
 * behind when it ended. Of files that move at once, the first that began is
 * shown, and each leaves its line in that order. It draws from a timer, never
 * from the copy itself, and only what differs from what is on the screen. On a
 * terminal that cannot redraw, the lines of files that ended are all there is.
 */
export class Meter implements Observer, Disposable {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #canRedraw: boolean;
  /** In the order in which they began; the first one is shown. */
  readonly #lines = new Map<MovingFile, Line>();
  /** Lines of files that ended since the terminal was last written to. */
  #finished = "";
  /** What stands on the terminal's current line. */
  #shown = "";
  #lastWrite = -Infinity;

  /** @param now A clock in milliseconds. */
  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
    this.#canRedraw = terminal.canRedraw();
    this.#timer = setInterval(() => this.draw(), DRAW_MILLISECONDS);
  }

  /** Takes what moves; other events are none of the meter's. */
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
