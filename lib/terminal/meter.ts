import { Frame, type Rows } from "./frame.ts";
import { renderProgress } from "./line.ts";
import type { CopyEvent, MovingFile, Observer } from "../events/copy_event.ts";
import {
  beginProgress,
  endProgress,
  type Progress,
  updateProgress,
} from "./progress.ts";
import { renderStatus } from "./status_line.ts";
import type { Terminal } from "./terminal.ts";
import type { WholeMeter } from "./whole_progress.ts";

/** Shortest time between two writes to the terminal. */
const DRAW_MILLISECONDS = 100;

/** Time without a turn of the timer after which the process may have been stopped. */
const STOP_MILLISECONDS = 5 * DRAW_MILLISECONDS;

/** Line of a file that moves, or that waits for the lines before it. */
interface Line {
  progress: Progress;
  position: number;
  /** True once it was the one that is shown. */
  wasShown: boolean;
}

/**
 * Progress meter as scp has it: a line for each file, redrawn while the file moves
 * and left behind at its end. Of several files in flight, the one that began first
 * is shown, and lines are left behind in that order; a file that ended short and was
 * never shown leaves none: a cut may end hundreds at once. Where a copy has several files,
 * a line for all of it stands below. A timer draws, never the copy itself, and only
 * what has changed. On a terminal that cannot redraw, only the lines of finished
 * files are written.
 */
export class Meter implements Observer, Disposable {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #canRedraw: boolean;
  readonly #whole: WholeMeter | undefined;
  readonly #frame: Frame;
  /** Lines in the order in which their files began; the first one is shown. */
  readonly #lines = new Map<MovingFile, Line>();
  /** Lines of files that finished since the last write to the terminal. */
  #finished: string[] = [];
  #lastWrite = -Infinity;
  #lastTick: number;
  #hasEnded = false;
  /** True until a file moves after an ssh started, which may ask until then. */
  #mayBeAsked = true;

  /**
   * @param now Clock in milliseconds.
   * @param whole Progress of the whole copy; absent where it is not shown.
   */
  constructor(
    terminal: Terminal,
    now: () => number = () => performance.now(),
    whole?: WholeMeter,
  ) {
    this.#terminal = terminal;
    this.#now = now;
    this.#canRedraw = terminal.canRedraw();
    this.#whole = whole;
    this.#frame = new Frame(terminal, now);
    this.#timer = setInterval(() => this.#tick(), DRAW_MILLISECONDS);
    this.#lastTick = now();
  }

  /** Takes the progress of files and of the whole; ignores other events. */
  report(event: CopyEvent): void {
    this.#whole?.report(event);
    if (event.kind === "fileStarted" || event.kind === "moved") {
      this.#mayBeAsked = false;
    }
    if ("file" in event && !event.file.isWatched) return;
    switch (event.kind) {
      case "sshStarted":
        this.#mayBeAsked = true;
        return this.makeRoom();
      case "fileStarted": {
        const { name, size, resumedAt = 0 } = event.file;
        const progress = beginProgress(name, size, this.#now(), resumedAt);
        const wasShown = this.#lines.size === 0;
        const line = { progress, position: resumedAt, wasShown };
        this.#lines.set(event.file, line);
        break;
      }
      case "moved": {
        const line = this.#lines.get(event.file);
        if (line !== undefined) line.position += event.bytes;
        break;
      }
      case "verifying": {
        const line = this.#lines.get(event.file);
        if (line === undefined) break;
        line.progress = { ...line.progress, isVerifying: true };
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
    const before = this.#finished.length;
    for (const [file, { progress, position, wasShown }] of this.#lines) {
      if (!progress.ended) break;
      this.#lines.delete(file);
      if (position < file.size && !wasShown) continue;
      this.#finished.push(renderProgress(progress, this.#columns));
    }
    if (this.#finished.length === before) return;
    // After a stop the timer comes first.
    if (this.#whole !== undefined && this.#mayHaveStopped) return;
    if (this.#now() - this.#lastWrite >= DRAW_MILLISECONDS) this.draw();
  }

  /**
   * Draws, unless the process may have been stopped: the signal that it goes on
   * arrives in the turn behind this one, and tells where to draw.
   */
  #tick(): void {
    const mayHaveStopped = this.#mayHaveStopped;
    this.#lastTick = this.#now();
    if (!mayHaveStopped) this.draw();
  }

  get #mayHaveStopped(): boolean {
    return this.#now() - this.#lastTick > STOP_MILLISECONDS;
  }

  /** Brings the terminal up to date. */
  draw(): void {
    for (const line of this.#lines.values()) {
      if (line.progress.ended) continue;
      line.progress = updateProgress(line.progress, line.position, this.#now());
    }
    for (const first of this.#lines.values().take(1)) first.wasShown = true;
    const isDrawn = this.#canRedraw
      ? this.#frame.show(this.#rows, this.#finished)
      : this.#writeFinished();
    this.#finished = [];
    if (isDrawn) this.#lastWrite = this.#now();
  }

  #writeFinished(): boolean {
    if (this.#finished.length === 0 || !this.#terminal.isForeground()) {
      return false;
    }
    this.#terminal.write(this.#finished.map((line) => `${line}\n`).join(""));
    return true;
  }

  /** Lines that are redrawn: of the first file, and of the whole. */
  get #rows(): Rows {
    const [first] = this.#lines.values();
    const file = first && renderProgress(first.progress, this.#columns);
    const status = this.#status();
    return {
      ...(file === undefined ? {} : { file }),
      ...(status === undefined ? {} : { status }),
    };
  }

  #status(): string | undefined {
    if (this.#hasEnded || this.#mayBeAsked || !this.#whole?.hasSeveral) {
      return undefined;
    }
    const progress = this.#whole.look();
    this.#frame.progress(progress.percent);
    return renderStatus(progress, this.#columns);
  }

  /** Wipes its lines to make room for a message; they are drawn again later. */
  makeRoom(): void {
    this.draw();
    this.#frame.wipe();
  }

  /** Takes back what must not stay, where the process ends at once. */
  abandon(): void {
    this.#frame.reset();
  }

  get #columns(): number {
    return this.#terminal.columns() ?? 80;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#hasEnded = true;
    this.draw();
    this.#frame.reset();
  }
}
