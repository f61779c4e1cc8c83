import type { CopyEvent, Observer } from "../events/copy_event.ts";

/** Longest output of an ssh that is held, in UTF-16 units; what follows is lost. */
const HELD_UNITS = 16 * 1024;

/** Output of an ssh that is held until it is of use, among events that are not. */
export class HeldOutput implements Observer {
  readonly #observer: Observer;
  /** Events that are held; absent once they are not. */
  #held: CopyEvent[] | undefined = [];
  #units = 0;

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  report(event: CopyEvent): void {
    if (event.kind !== "sshOutput" || this.#held === undefined) {
      return this.#observer.report(event);
    }
    this.#units += event.text.length;
    if (this.#units <= HELD_UNITS) this.#held.push(event);
  }

  /** Reports what was held, and holds nothing from now on. */
  release(): void {
    for (const event of this.#held ?? []) this.#observer.report(event);
    this.#held = undefined;
  }
}
