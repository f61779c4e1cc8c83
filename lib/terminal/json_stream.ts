import type { CopyEvent, Observer } from "../events/copy_event.ts";
import type { Results } from "../events/results.ts";
import { BegunFiles } from "./begun_files.ts";
import { errorKind } from "./error_kind.ts";
import { jsonLine, jsonLocation, jsonPath } from "./json_line.ts";
import type { Terminal } from "./terminal.ts";
import { WholeMeter } from "./whole_progress.ts";

/** Version of the events: it changes where a program that reads them may break. */
const SCHEMA = 1;

/** Time between two reports of the progress, in milliseconds. */
const PROGRESS_MILLISECONDS = 500;

/** Longest text of ssh that is kept, to tell why a login failed. */
const MOST_SSH_OUTPUT = 4096;

/** Call of the program, as far as it was read. */
export interface JsonCall {
  readonly version: string;
  /** Operands; absent where the call was wrong. */
  readonly sources?: readonly string[];
  readonly target?: string;
  /** True where nothing is changed. */
  readonly isDry?: boolean | undefined;
}

type Event<Kind extends CopyEvent["kind"]> = Extract<
  CopyEvent,
  { readonly kind: Kind }
>;

/**
 * Events of a copy as lines of JSON on standard output, by
 * `docs/json-events.schema.json`: `start` comes first, `summary` last.
 */
export class JsonStream implements Observer {
  readonly #output: Pick<Terminal, "write">;
  readonly #onClosed: () => void;
  readonly #whole = new WholeMeter();
  readonly #began = performance.now();
  readonly #begun = new BegunFiles();
  /** Hosts of the copy, as far as they were told. */
  readonly #hosts = new Set<string>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #sshOutput = "";
  #isDry = false;
  #state: "open" | "closed" | "ended" = "open";

  /** @param onClosed Called once, where nobody reads any more. */
  constructor(output: Pick<Terminal, "write">, onClosed: () => void) {
    this.#output = output;
    this.#onClosed = onClosed;
  }

  /** Begins with the call. */
  start({ version, sources, target, isDry = false }: JsonCall): void {
    this.#isDry = isDry;
    this.#write({
      type: "start",
      schema: SCHEMA,
      version,
      ...(sources === undefined ? {} : { sources: sources.map(jsonPath) }),
      ...(target === undefined ? {} : { target: jsonPath(target) }),
    });
    this.#timer = setInterval(
      () => this.#tellProgress(),
      PROGRESS_MILLISECONDS,
    );
  }

  report(event: CopyEvent): void {
    this.#whole.report(event);
    switch (event.kind) {
      case "host":
        return this.#tellHost(event);
      case "fileStarted":
        return this.#begun.begin(event.file);
      case "settled":
        return this.#tellFile(event);
      case "excluded":
      case "skipped":
        return this.#tellLeftOut(event);
      case "planned":
        return this.#tellPlan(event);
      case "retry":
        return this.#tellRetry(event);
      case "warning":
        return this.#write({ type: "warning", message: event.message });
      case "failure":
        return this.#tellFailure(event);
      case "sshOutput":
        this.#sshOutput = (this.#sshOutput + event.text)
          .slice(-MOST_SSH_OUTPUT);
        return;
    }
  }

  #tellHost({ hosts, protocol, reason, isFallback }: Event<"host">): void {
    for (const host of hosts) this.#hosts.add(host);
    this.#write({
      type: "host",
      hosts,
      protocol: protocol.toLowerCase(),
      reason,
      fell_back: isFallback === true,
    });
  }

  #tellFile({ file, outcome, proof }: Event<"settled">): void {
    // A failure tells one that failed, and why.
    if (outcome === "failed") return;
    const took = this.#begun.settle(file);
    if (outcome !== "copied") return;
    this.#write({
      type: "file",
      action: "copied",
      ...jsonPath(file.path),
      bytes: file.size,
      ...(file.resumedAt === undefined ? {} : { resumed_at: file.resumedAt }),
      seconds: seconds(took),
      ...(proof === undefined ? {} : {
        verified: true,
        read_back: proof === "read back",
      }),
    });
  }

  #tellLeftOut(event: Event<"excluded" | "skipped">): void {
    const { kind, path, reason } = event;
    const bytes = kind === "skipped" ? event.bytes : undefined;
    this.#write({
      type: "file",
      action: kind,
      ...jsonPath(path),
      reason,
      ...(bytes === undefined ? {} : { bytes }),
    });
  }

  #tellPlan(event: Event<"planned">): void {
    const { action, target } = event;
    this.#write({
      type: "plan",
      action: action.replaceAll(" ", "_"),
      ...(action === "copy" ? { source: jsonLocation(event.source) } : {}),
      target: jsonLocation(target),
      ...(action === "copy" ? { bytes: event.bytes } : {}),
      ...(action !== "make directory" && event.replaces !== undefined
        ? { replaces: event.replaces }
        : {}),
      ...(action === "make link"
        ? { destination: jsonPath(event.destination) }
        : {}),
    });
  }

  #tellRetry(event: Event<"retry">): void {
    const { host, reason, attempt, attempts } = event;
    this.#write({
      type: "retry",
      host,
      reason,
      seconds: seconds(event.seconds * 1000),
      attempt,
      attempts,
    });
  }

  #tellFailure(event: Event<"failure">): void {
    const { message, host = this.#hostIn(message) } = event;
    const paths = this.#begun.fail(event);
    const path = event.path ?? (paths.length === 1 ? paths[0] : undefined);
    this.#write({
      type: "error",
      kind: errorKind(event, this.#sshOutput),
      message,
      ...(path === undefined ? {} : jsonPath(path)),
      ...(host === undefined ? {} : { host }),
    });
    this.#tellFailed(paths, message);
  }

  #tellFailed(paths: readonly string[], reason: string): void {
    for (const path of paths) {
      this.#write({
        type: "file",
        action: "failed",
        ...jsonPath(path),
        reason,
      });
    }
  }

  /** Gives the host that a message begins with; `undefined` if it has none. */
  #hostIn(message: string): string | undefined {
    return [...this.#hosts].find((host) => message.startsWith(`${host}: `));
  }

  #tellProgress(): void {
    const { files, bytes, total, percent, rate, secondsLeft } = this.#whole
      .look();
    this.#write({
      type: "progress",
      seconds: this.#elapsed,
      files,
      bytes,
      ...(total === undefined ? {} : {
        total_files: total.files,
        total_bytes: total.bytes,
        is_total_complete: total.isComplete,
      }),
      ...(percent === undefined ? {} : { percent }),
      bytes_per_second: Math.round(rate ?? 0),
      ...(secondsLeft === undefined ? {} : {
        seconds_left: Math.round(secondsLeft),
      }),
    });
  }

  /** Tells a wrong call. */
  usage(message: string): void {
    this.#write({ type: "error", kind: "usage", message });
  }

  /**
   * Ends with the summary, once, behind the files that no failure named; that nobody
   * reads it changes nothing any more.
   */
  end(status: number, results: Results): void {
    clearInterval(this.#timer);
    this.#tellFailed(this.#begun.takeAll(), "not finished");
    if (this.#state !== "open") return;
    this.#state = "ended";
    this.#output.write(jsonLine({
      type: "summary",
      exit_status: status,
      seconds: this.#elapsed,
      files_copied: results.copied,
      bytes_copied: results.bytes,
      files_skipped: results.skipped,
      files_verified: results.verified,
      entries_excluded: results.excluded,
      ...(this.#isDry ? plannedFields(results) : {}),
      failures: results.failures,
    }));
  }

  get #elapsed(): number {
    return seconds(performance.now() - this.#began);
  }

  #write(line: object): void {
    if (this.#state !== "open") return;
    if (this.#output.write(jsonLine(line))) return;
    this.#state = "closed";
    clearInterval(this.#timer);
    this.#onClosed();
  }
}

/** Gives the counts of what a dry run would do. */
function plannedFields({ planned }: Results): object {
  return {
    files_planned: planned.files,
    bytes_planned: planned.bytes,
    directories_planned: planned.directories,
    links_planned: planned.links,
  };
}

/** Gives milliseconds as seconds, to the millisecond. */
function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}
