import type { CopyEvent, Observer } from "./copy_event.ts";

/** Count of what failed, kept while the events are passed on. */
export class Tally implements Observer {
  readonly #observer: Observer;
  #failures = 0;
  #hasLostHost = false;

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  /** Number of failures so far. */
  get failures(): number {
    return this.#failures;
  }

  /** True where a connection could not be made, or was lost. */
  get hasLostHost(): boolean {
    return this.#hasLostHost;
  }

  report(event: CopyEvent): void {
    if (event.kind === "failure") {
      this.#failures++;
      if (event.isConnection) this.#hasLostHost = true;
    }
    this.#observer.report(event);
  }
}
