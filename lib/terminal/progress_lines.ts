import type { CopyEvent, Observer } from "../events/copy_event.ts";
import { renderStatus } from "./status_line.ts";
import type { Terminal } from "./terminal.ts";
import { WholeMeter } from "./whole_progress.ts";

/** Time between two lines, in milliseconds. */
const LINE_MILLISECONDS = 10_000;

/** Progress of a whole copy where no meter can be drawn: a line every ten seconds. */
export class ProgressLines implements Observer, Disposable {
  readonly #whole = new WholeMeter();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(terminal: Pick<Terminal, "say">) {
    this.#timer = setInterval(
      () => terminal.say(renderStatus(this.#whole.look(), Infinity)),
      LINE_MILLISECONDS,
    );
  }

  report(event: CopyEvent): void {
    this.#whole.report(event);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
