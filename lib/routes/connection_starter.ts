import type { Observer } from "../events/copy_event.ts";
import type { CopyOptions } from "../options/copy_options.ts";
import type { LoginPart } from "../ssh/arguments.ts";
import { noticeInterrupt } from "../ssh/exit_status.ts";
import type { SessionContext } from "./route.ts";

/** Most logins at a time: sshd drops some of more than ten (MaxStartups). */
export const MOST_LOGINS = 4;

/** Reason why one connection goes on where each of the others would prompt. */
export const WOULD_PROMPT = "ssh would prompt for each: try --share";

/**
 * Gives an observer of an ssh after the first one, which hears what it says only
 * where all is verbose: the first one has said it, or it is no failure.
 */
export function laterObserver(
  observer: Observer,
  { verbose }: Pick<CopyOptions, "verbose">,
): Observer {
  return {
    report: (event) => {
      const isQuiet = event.kind === "sshStarted" ||
        event.kind === "sshOutput" && !verbose;
      if (!isQuiet) observer.report(event);
    },
  };
}

/** Connections of one login, over either protocol. */
export interface StartedConnections {
  /** Host, as messages name it. */
  readonly host: string;
  /** Part of each ssh after the first one; absent where none may start. */
  readonly part: LoginPart | undefined;
  /** Stops each ssh when aborted. */
  readonly interrupted: AbortSignal;
  /** Number of connections that are up, the first one included. */
  readonly size: number;
  /**
   * Starts another connection.
   *
   * @param signal Aborted where the copy is over before the login.
   * @throws {Error} If it does not come.
   */
  start(part: LoginPart, signal: AbortSignal): Promise<void>;
}

/**
 * Starts the connections of a login after the first one, beside the copy, when it has
 * work for them. One that does not come, or is lost, is a warning.
 */
export class ConnectionStarter {
  readonly #connections: StartedConnections;
  readonly #context: Pick<SessionContext, "job" | "observer">;
  /** Logins that are not over, each with what ends it. */
  readonly #logins = new Map<AbortController, Promise<void>>();
  /** Connections that were started so far, the first one included. */
  #started = 1;
  #wanted = 1;
  #hasFailed = false;
  #isOver = false;

  constructor(
    connections: StartedConnections,
    context: Pick<SessionContext, "job" | "observer">,
  ) {
    this.#connections = connections;
    this.#context = context;
  }

  /** True once no more connections are to come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Starts connections where there is work for so many in all. */
  want(connections: number): void {
    if (connections <= this.#wanted) return;
    this.#wanted = Math.min(connections, this.#context.job.options.jobs);
    if (this.#connections.part !== undefined) this.#startWanted();
    else if (!this.#hasFailed) {
      this.#hasFailed = true;
      this.#warn(`: ${WOULD_PROMPT}`);
    }
  }

  /** Starts connections; none any more once one has failed, as the next would. */
  #startWanted(): void {
    const { part } = this.#connections;
    const most = part?.kind === "shared" ? this.#wanted : MOST_LOGINS;
    while (
      this.#started < this.#wanted && this.#logins.size < most &&
      !this.#hasFailed && !this.#isOver
    ) {
      this.#started++;
      const ending = new AbortController();
      const login = this.#start(part!, ending.signal).then(() => {
        this.#logins.delete(ending);
        this.#startWanted();
        if (this.#hasFailed && this.#logins.size === 0) this.#warn();
      });
      this.#logins.set(ending, login);
    }
  }

  /** @param ended Aborted where the copy is over before the login. */
  async #start(part: LoginPart, ended: AbortSignal): Promise<void> {
    const { host, interrupted } = this.#connections;
    const signal = AbortSignal.any([interrupted, ended]);
    try {
      await this.#connections.start(part, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#hasFailed = true;
      this.#context.observer.report({
        kind: "verbose",
        message: () =>
          `${host}: a connection did not come: ${(error as Error).message}`,
      });
    }
  }

  /** Warns that a connection was lost. */
  async warnOfLoss(): Promise<void> {
    if (this.#isOver) return;
    const { interrupted } = this.#context.job;
    await noticeInterrupt(interrupted);
    if (this.#isOver || interrupted.aborted) return;
    this.#warn(": one was lost");
  }

  /** Warns that fewer connections go on, unless none does: that is a failure. */
  #warn(reason = ""): void {
    const { job: { options: { jobs } }, observer } = this.#context;
    const { host, size } = this.#connections;
    if (size === 0 && !this.isStarting) return;
    const message = `${host}: going on with ${size} of ${jobs} ` +
      `connections${reason}`;
    observer.report({ kind: "warning", message });
  }

  /** True while a connection may still come. */
  get isStarting(): boolean {
    return this.#logins.size > 0;
  }

  /** Waits until no login is left. */
  async settle(): Promise<void> {
    while (this.isStarting) await Promise.all(this.#logins.values());
  }

  /** Ends the logins that are not over. */
  async end(): Promise<void> {
    this.#isOver = true;
    for (const ending of this.#logins.keys()) ending.abort();
    await Promise.all(this.#logins.values());
  }
}
