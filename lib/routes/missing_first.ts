import type { FileProgress, Observer } from "../events/observer.ts";

/**
 * Observer of a try to copy what may not be there, where another try follows:
 * that something is missing is reported only if anything else came.
 */
export class MissingFirst implements Observer {
  readonly #observer: Observer;
  readonly #hasNext: boolean;
  /** The first failure, if that is that something is missing. */
  #held: string | undefined;
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

  failed(message: string): void {
    const isMissing = message.endsWith("No such file or directory");
    const isHeld = this.#hasNext && isMissing && !this.#hasFailed;
    this.#hasFailed = true;
    if (isHeld) this.#held = message;
    else {
      this.#release();
      this.#observer.failed(message);
    }
  }

  warned(message: string): void {
    this.#observer.warned(message);
  }

  explained(message: () => string): void {
    this.#observer.explained(message);
  }

  began(name: string, size: number): FileProgress {
    return this.#observer.began(name, size);
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
    if (this.#held !== undefined) this.#observer.failed(this.#held);
    this.#held = undefined;
  }
}
