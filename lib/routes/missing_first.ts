import type { CopyEvent, Observer } from "../events/copy_event.ts";

/**
 * Observer of a try to copy what may not be there, where another try follows:
 * that something is missing is reported only if anything else came.
 */
export class MissingFirst implements Observer {
  readonly #observer: Observer;
  readonly #hasNext: boolean;
  /** The first failure, if that is that something is missing. */
  #held: CopyEvent | undefined;
  #hasFailed = false;
  #isMissing = false;

  constructor(observer: Observer, { hasNext }: { hasNext: boolean }) {
    this.#observer = observer;
    this.#hasNext = hasNext;
  }

  /** True where the try found nothing, and reported nothing. */
  get isMissing(): boolean {
    return this.#isMissing;
  }

  report(event: CopyEvent): void {
    if (event.kind !== "failure") return this.#observer.report(event);
    const isMissing = event.message.endsWith("No such file or directory");
    const isHeld = this.#hasNext && isMissing && !this.#hasFailed;
    this.#hasFailed = true;
    if (isHeld) this.#held = event;
    else {
      this.#release();
      this.#observer.report(event);
    }
  }

  /**
   * Ends the try.
   *
   * @param entries How many came; absent if it broke.
   */
  settle(entries?: number): void {
    if (entries === 0 && this.#held !== undefined) this.#isMissing = true;
    else this.#release();
  }

  #release(): void {
    if (this.#held !== undefined) this.#observer.report(this.#held);
    this.#held = undefined;
  }
}
