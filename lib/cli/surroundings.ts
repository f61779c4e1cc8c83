import type { Terminal } from "../terminal/terminal.ts";
import type { Build } from "./version.ts";

/** Surroundings of a run. */
export interface Surroundings {
  readonly terminal: Terminal;
  /** Name by which the program was called; messages begin with it. */
  readonly programName: string;
  readonly build: Build;
  /**
   * Gives the signal that ends the run; its reason is the exit status to give.
   * Called once at most, where there is a run to end.
   *
   * @param last Called where the process ends at once, without the run.
   */
  interruption(last: () => void): AbortSignal;
}
