import type { Observer } from "./copy_event.ts";

/** Scan of what one copy of a job is to bring. */
export interface Scan {
  /** Adds files, and the length of all of them in bytes. */
  add(files: number, bytes: number): void;
  /** Ends the scan: all that the copy is to bring was counted. */
  end(): void;
}

/**
 * Count of all that a job is to copy, which is reported as it grows. It is
 * complete once each copy of the job was scanned to its end: one over SCP, whose
 * source tells nothing in advance, never is.
 */
export class TotalCount {
  readonly #observer: Observer;
  #files = 0;
  #bytes = 0;
  /** Number of copies that were not scanned to their end. */
  #open = 0;
  #isLast = false;

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  /**
   * Takes up a copy of the job.
   *
   * @param isLast True where no other one follows.
   */
  begin(isLast: boolean): Scan {
    let hasEnded = false;
    this.#open++;
    this.#isLast ||= isLast;
    return {
      add: (files, bytes) => {
        this.#files += files;
        this.#bytes += bytes;
        this.#report();
      },
      end: () => {
        if (hasEnded) return;
        hasEnded = true;
        this.#open--;
        this.#report();
      },
    };
  }

  #report(): void {
    const isComplete = this.#isLast && this.#open === 0;
    const total = { files: this.#files, bytes: this.#bytes, isComplete };
    this.#observer.report({ kind: "counted", total });
  }
}
