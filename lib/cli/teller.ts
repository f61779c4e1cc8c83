import type { CopyEvent, Observer } from "../events/copy_event.ts";
import { Results } from "../events/results.ts";
import type { CopyRequest } from "../options/command_line.ts";
import { Reporter } from "../terminal/reporter.ts";
import { summaryLines } from "../terminal/summary.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Surroundings of what a copy tells. */
export interface TellerSurroundings {
  readonly terminal: Terminal;
  /** Name by which the program was called. */
  readonly programName: string;
  readonly interrupted: AbortSignal;
}

/** All that a copy tells, from its events to its end. */
export class Teller implements Observer {
  readonly #request: CopyRequest;
  readonly #surroundings: TellerSurroundings;
  readonly #reporter: Reporter;
  readonly #results = new Results();
  readonly #began = performance.now();
  #hasFinished = false;

  constructor(request: CopyRequest, surroundings: TellerSurroundings) {
    const { quiet, progress, options: { verbose, protocol } } = request;
    const { terminal, programName } = surroundings;
    this.#request = request;
    this.#surroundings = surroundings;
    // Messages are those of scp -O with -O, else of scp since 9.0.
    const isOld = protocol === "scp";
    this.#reporter = new Reporter(terminal, {
      quiet,
      verbose,
      progress,
      ...(isOld ? {} : { program: programName }),
    });
  }

  /** True where somebody is told of how much there is to copy. */
  get countsTotal(): boolean {
    return this.#reporter.showsTotal;
  }

  report(event: CopyEvent): void {
    this.#results.report(event);
    this.#reporter.report(event);
  }

  /** Tells the end of the copy, once. */
  finish(): void {
    if (this.#hasFinished) return;
    this.#hasFinished = true;
    if (!this.#wantsSummary) return;
    const { terminal, interrupted } = this.#surroundings;
    const lines = summaryLines(this.#results, {
      seconds: (performance.now() - this.#began) / 1000,
      isInterrupted: interrupted.aborted,
    });
    for (const line of lines) terminal.say(line);
  }

  /** Tells the end where the process ends at once, without the copy. */
  abandon(): void {
    this.#reporter.abandon();
    this.finish();
  }

  /**
   * True where the user asked for the summary, or where more than one thing was to
   * be copied and something failed. What another scp copies is not known here.
   */
  get #wantsSummary(): boolean {
    const { summary, quiet, sources, options } = this.#request;
    if (summary) return true;
    const { failures, count } = this.#results;
    const hasSeveral = options.recursive || sources.length > 1 ||
      this.#results.copied > 1;
    return failures > 0 && count > 1 && hasSeveral && !quiet &&
      options.throughHere;
  }
}
