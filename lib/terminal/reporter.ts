import type {
  CopyEvent,
  LabelledPath,
  Observer,
  Plan,
} from "../events/copy_event.ts";
import { printable } from "../names/printable.ts";
import { countText } from "./amounts.ts";
import { CutEntries } from "./cut_entries.ts";
import { Meter } from "./meter.ts";
import { ProgressLines } from "./progress_lines.ts";
import { WholeMeter } from "./whole_progress.ts";
import type { Terminal } from "./terminal.ts";

/** Options for showing events. */
export interface ReporterOptions {
  /** Show neither a meter nor warnings; failures are shown all the same. */
  readonly quiet: boolean;
  /** Show each step too. */
  readonly verbose: boolean;
  /** Draw no meter: standard output is for something else. */
  readonly hasNoMeter?: boolean;
  /** Tell the progress in lines where no meter can be drawn. */
  readonly progress: boolean;
  /** List on standard output what a dry run would do and what it leaves out. */
  readonly listsPlans?: boolean;
  /** Called where a line of that list cannot be written. */
  readonly onClosed?: () => void;
  /** Name of the program before each message; absent with `-O`, as scp's. */
  readonly program?: string;
}

/** Renderer of a copy's events on the terminal: the meter, and messages. */
export class Reporter implements Observer {
  readonly #terminal: Terminal;
  readonly #options: ReporterOptions;
  readonly #meter: Meter | undefined;
  readonly #lines: ProgressLines | undefined;
  readonly #cut = new CutEntries();

  constructor(terminal: Terminal, options: ReporterOptions) {
    this.#terminal = terminal;
    this.#options = options;
    const { quiet, hasNoMeter = false } = options;
    if (!quiet && !hasNoMeter && terminal.columns() !== undefined) {
      this.#meter = new Meter(terminal, undefined, new WholeMeter());
    } else if (options.progress) this.#lines = new ProgressLines(terminal);
  }

  /** True where it shows how much of the whole is copied. */
  get showsTotal(): boolean {
    return this.#lines !== undefined ||
      this.#meter !== undefined && this.#terminal.canRedraw();
  }

  /** Takes back what must not stay, where the process ends at once. */
  abandon(): void {
    this.#meter?.abandon();
    this.#tellCut();
  }

  report(event: CopyEvent): void {
    this.#meter?.report(event);
    this.#lines?.report(event);
    switch (event.kind) {
      case "fileStarted":
      case "moved":
      case "verifying":
      case "finished":
      case "settled":
      case "counted":
      case "sshStarted":
        return;
      case "sshOutput":
        return this.#pass(event.text);
      case "warning":
        return this.#warn(event.message);
      case "failure":
        return this.#tellFailure(event);
      case "host":
        // A warning tells of the other protocol.
        if (event.isFallback) return;
        return this.#sayStep(() =>
          `Protocol for ${event.hosts.join(", ")}: ` +
          `${event.protocol}: ${event.reason}`
        );
      case "scan":
        return this.#sayStep(() => `Copying: ${event.path} to ${event.target}`);
      case "excluded":
        return this.#leaveOut(
          `excluded ${event.label}${event.path}: ${event.reason}`,
        );
      case "skipped":
        return this.#leaveOut(`skipped ${event.target}: ${event.reason}`);
      case "resumed":
        return this.#tellResumed(event);
      case "planned":
        if (this.#options.listsPlans) this.#list(planText(event));
        return;
      case "retry":
        return this.#tellRetry(event);
      case "verbose":
        return this.#sayStep(event.message);
      case "end":
        this.#tellCut();
        this.#meter?.[Symbol.dispose]();
        this.#lines?.[Symbol.dispose]();
        return;
      default:
        return event satisfies never;
    }
  }

  /** Says a failure; many that a cut left in one line, unless every step is shown. */
  #tellFailure(
    event: Extract<CopyEvent, { readonly kind: "failure" }>,
  ): void {
    if (!this.#options.verbose && this.#cut.add(event)) return;
    if (event.isConnection || event.endsSession) this.#tellCut(event);
    else this.#say(this.#named(event.message));
  }

  /** Says what a cut left, with its cause where that is known. */
  #tellCut(...cause: Parameters<CutEntries["take"]>): void {
    for (const line of this.#cut.take(...cause)) this.#say(this.#named(line));
  }

  #warn(message: string): void {
    if (!this.#options.quiet) this.#say(this.#named(`warning: ${message}`));
  }

  #tellRetry(
    { host, reason, seconds, attempt, attempts }: Extract<
      CopyEvent,
      { readonly kind: "retry" }
    >,
  ): void {
    if (this.#options.quiet) return;
    this.#say(this.#named(
      `${host}: ${reason}, again in ${Math.ceil(seconds)} s ` +
        `(${attempt} of ${attempts})`,
    ));
  }

  #tellResumed(
    { path, at, size }: Extract<CopyEvent, { readonly kind: "resumed" }>,
  ): void {
    if (this.#options.quiet) return;
    this.#say(this.#named(
      `${path}: resumed at ${countText(at)} of ${countText(size)} bytes`,
    ));
  }

  /** Shows what is not copied: a dry run lists it, a verbose one says it. */
  #leaveOut(message: string): void {
    if (this.#options.listsPlans) this.#list(message);
    else this.#sayStep(() => message);
  }

  #list(line: string): void {
    const isWritten = this.#terminal.write(`${printable(line)}\n`);
    if (!isWritten) this.#options.onClosed?.();
  }

  #named(message: string): string {
    const { program } = this.#options;
    return program === undefined ? message : `${program}: ${message}`;
  }

  #sayStep(message: () => string): void {
    if (this.#options.verbose) this.#say(message());
  }

  #pass(text: string): void {
    this.#meter?.makeRoom();
    this.#terminal.pass(text);
  }

  #say(message: string): void {
    this.#meter?.makeRoom();
    this.#terminal.say(printable(message));
  }
}

/** Gives the line of a dry run for one change. */
function planText(plan: Plan): string {
  switch (plan.action) {
    case "copy":
      return `would copy ${textOf(plan.source)} to ${textOf(plan.target)}` +
        replacesText(plan.replaces);
    case "make directory":
      return `would make directory ${textOf(plan.target)}`;
    case "make link":
      return `would make link ${textOf(plan.target)} to ${plan.destination}` +
        replacesText(plan.replaces);
    default:
      return plan satisfies never;
  }
}

function textOf({ label, path }: LabelledPath): string {
  return label + path;
}

/** Tells whether something is at a target, as far as that is known. */
function replacesText(replaces: boolean | undefined): string {
  if (replaces === undefined) return "";
  return replaces ? ": replaces what is there" : ": new";
}
