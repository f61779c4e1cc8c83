import type { CopyEvent, Observer } from "../events/copy_event.ts";
import { Results } from "../events/results.ts";
import type { CopyRequest } from "../options/command_line.ts";
import { Reporter } from "../terminal/reporter.ts";
import { summaryLines } from "../terminal/summary.ts";
import { JsonStream } from "../terminal/json_stream.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Surroundings of what a copy tells. */
export interface TellerSurroundings {
  readonly terminal: Terminal;
  /** Name by which the program was called. */
  readonly programName: string;
  readonly interrupted: AbortSignal;
  readonly version: string;
}

/** Exit status where nobody reads standard output: that of a SIGPIPE. */
const CLOSED_STATUS = 141;

/** All that a copy tells, from its events to its end. */
export class Teller implements Observer {
  readonly #request: CopyRequest;
  readonly #surroundings: TellerSurroundings;
  readonly #reporter: Reporter;
  readonly #json: JsonStream | undefined;
  readonly #closed = new AbortController();
  readonly #results = new Results();
  readonly #began = performance.now();
  #hasFinished = false;
  /** Signal that ends the copy; its reason is the exit status. */
  readonly interrupted: AbortSignal;

  constructor(request: CopyRequest, surroundings: TellerSurroundings) {
    const { quiet, progress, json, sources, target, options } = request;
    const { terminal, programName, version } = surroundings;
    this.#request = request;
    this.#surroundings = surroundings;
    // Messages are those of scp -O with -O, else of scp since 9.0.
    const isOld = options.protocol === "scp";
    this.#reporter = new Reporter(terminal, {
      quiet,
      verbose: options.verbose,
      progress,
      hasNoMeter: json,
      listsPlans: options.isDry === true && !json,
      onClosed: () => this.#close(),
      ...(isOld ? {} : { program: programName }),
    });
    this.interrupted = AbortSignal.any([
      surroundings.interrupted,
      this.#closed.signal,
    ]);
    if (!json) return;
    this.#json = new JsonStream(terminal, () => this.#close());
    const { isDry } = options;
    this.#json.start({ version, sources, target, isDry });
  }

  /** Ends the copy: nobody reads what it tells on standard output. */
  #close(): void {
    if (this.#closed.signal.aborted) return;
    const message = "standard output was closed";
    this.report({ kind: "failure", message });
    this.#closed.abort(CLOSED_STATUS);
  }

  /** True where somebody is told of how much there is to copy. */
  get countsTotal(): boolean {
    return this.#reporter.showsTotal || this.#json !== undefined;
  }

  report(event: CopyEvent): void {
    this.#results.report(event);
    this.#json?.report(event);
    this.#reporter.report(event);
  }

  /** Tells the end of the copy, once. */
  finish(status: number): void {
    if (this.#hasFinished) return;
    this.#hasFinished = true;
    if (this.#wantsSummary) this.#tellSummary();
    this.#json?.end(status, this.#results);
  }

  #tellSummary(): void {
    const { terminal } = this.#surroundings;
    const lines = summaryLines(this.#results, {
      seconds: (performance.now() - this.#began) / 1000,
      isInterrupted: this.interrupted.aborted,
      isDry: this.#request.options.isDry,
    });
    for (const line of lines) terminal.say(line);
  }

  /** Tells the end where the process ends at once, without the copy. */
  abandon(): void {
    this.#reporter.abandon();
    this.finish(Number(this.interrupted.reason));
  }

  /**
   * True where the user asked for the summary, or where more than one thing was to
   * be copied and something failed or interrupted it, or it is a dry run that people
   * read. What another scp copies is not known here.
   */
  get #wantsSummary(): boolean {
    const { summary, quiet, json, sources, options } = this.#request;
    if (summary) return true;
    const { failures, count, copied, planned } = this.#results;
    const hasSeveral = options.recursive || sources.length > 1 ||
      copied > 1 || planned.files > 1;
    if (!hasSeveral || quiet || !options.throughHere) return false;
    if (failures > 0) return count > 1;
    return this.interrupted.aborted || options.isDry === true && !json;
  }
}
