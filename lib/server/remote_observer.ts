import {
  type FileProgress,
  type Observer,
  UNWATCHED,
} from "../events/observer.ts";
import { printable } from "../names/printable.ts";

/** Counts what failed: the client is told by the protocol and shows it. */
export class RemoteObserver implements Observer {
  failures = 0;
  readonly #say: (line: string) => void;

  /** @param say Where each step is told. */
  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  failed(): void {
    this.failures++;
  }

  warned(): void {}

  explained(message: () => string): void {
    this.#say(printable(message()));
  }

  began(): FileProgress {
    return UNWATCHED;
  }
}
