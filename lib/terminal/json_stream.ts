import type { CopyEvent, MovingFile, Observer } from "../events/copy_event.ts";
import type { Results } from "../events/results.ts";
import { errorKind } from "./error_kind.ts";
import { jsonLine, jsonPath } from "./json_line.ts";
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
  /** Times at which files in flight began. */
  readonly #started = new Map<MovingFile, number>();
  /** Hosts of the copy, as far as they were told. */
  readonly #hosts = new Set<string>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #sshOutput = "";
  #state: "open" | "closed" | "ended" = "open";

  /** @param onClosed Called once, where nobody reads any more. */
  constructor(output: Pick<Terminal, "write">, onClosed: () => void) {
    this.#output = output;
    this.#onClosed = onClosed;
  }

  /** Begins with the call. */
  start({ version, sources, target }: JsonCall): void {
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
        this.#started.set(event.file, performance.now());
        return;
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
    const began = this.#started.get(file);
    this.#started.delete(file);
    if (outcome !== "copied") return;
    const now = performance.now();
    this.#write({
      type: "file",
      action: "copied",
      ...jsonPath(file.path),
      bytes: file.size,
      ...(file.resumedAt === undefined ? {} : { resumed_at: file.resumedAt }),
      seconds: seconds(now - (began ?? now)),
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
    const { action, path } = event;
    this.#write({
      type: "plan",
      action: action.replaceAll(" ", "_"),
      ...(action === "copy" ? { source: jsonPath(event.source) } : {}),
      target: jsonPath(path),
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
    const { message, path, host = this.#hostIn(message) } = event;
    const named = path === undefined ? {} : jsonPath(path);
    this.#write({
      type: "error",
      kind: errorKind(event, this.#sshOutput),
      message,
      ...named,
      ...(host === undefined ? {} : { host }),
    });
    if (path === undefined) return;
    this.#write({ type: "file", action: "failed", ...named, reason: message });
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
      bytes_per_second: Math.round(rate),
      ...(secondsLeft === undefined ? {} : {
        seconds_left: Math.round(secondsLeft),
      }),
    });
  }

  /** Tells a wrong call. */
  usage(message: string): void {
    this.#write({ type: "error", kind: "usage", message });
  }

  /** Ends with the summary, once; that nobody reads it changes nothing any more. */
  end(status: number, results: Results): void {
    clearInterval(this.#timer);
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

/** Gives milliseconds as seconds, to the millisecond. */
function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}
