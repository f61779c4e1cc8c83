import type { CopyEvent, Observer } from "../events/copy_event.ts";
import { renderStatus } from "./status_line.ts";
import type { Terminal } from "./terminal.ts";
import { WholeMeter } from "./whole_progress.ts";

/** Time between two looks at the progress, in milliseconds. */
const LOOK_MILLISECONDS = 1000;

/** Number of looks from one line to the next. */
const LOOKS_A_LINE = 10;

/** Progress of a whole copy where no meter can be drawn: a line every ten seconds. */
export class ProgressLines implements Observer, Disposable {
  readonly #whole = new WholeMeter();
  readonly #timer: ReturnType<typeof setInterval>;

  #looks = 0;

  constructor(terminal: Pick<Terminal, "say">) {
    this.#timer = setInterval(() => {
      const progress = this.#whole.look();
      this.#looks++;
      if (this.#looks % LOOKS_A_LINE !== 0) return;
      terminal.say(renderStatus(progress, Infinity));
    }, LOOK_MILLISECONDS);
  }

  report(event: CopyEvent): void {
    this.#whole.report(event);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
