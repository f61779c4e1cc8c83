import {
  asConnectionFailure,
  type ConnectionFailure,
  SessionError,
  UnexpectedOutputError,
  withName,
} from "../errors.ts";
import type { Tally } from "../events/tally.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { CopyJob } from "../options/copy_options.ts";
import type { LoginPart } from "../ssh/arguments.ts";
import type { SshEnd } from "../ssh/session.ts";
import { SCRIPT_FAILED } from "../scp/directory_script.ts";
import { type LoginPlan, LoginPlans } from "./login_plan.ts";
import { RemoteScp } from "./remote_scp.ts";
import type { ScpRequest } from "./scp_request.ts";
import type { ConnectOptions, ConnectResult, SessionContext } from "./route.ts";
import { type EndedScp, ScpExits } from "./scp_exits.ts";
import { type StartFailure, startFailure } from "./session_failure.ts";
import {
  awaitFirstOutput,
  endSignal,
  reportStart,
  silentRemote,
  type Unconnected,
} from "./session_start.ts";
import { refusalIn, type UnavailableProtocol } from "./unavailable_protocol.ts";

/** Failures of a dialogue, one for each scp; absent for one that is whole. */
export type ConnectionFailures = readonly (ConnectionFailure | undefined)[];

/** Dialogue with one or more scps. */
export interface Dialogue {
  /**
   * Sends what makes a source speak: a sink speaks first by itself.
   *
   * @returns The failures of a dialogue that is broken already.
   */
  start(scps: readonly RemoteScp[]): Promise<ConnectionFailures | undefined>;
  /** Sends or receives the entries. */
  run(scps: readonly RemoteScp[]): Promise<ConnectionFailures>;
  /** True where nothing was found, which another dialogue is to report. */
  readonly foundNothing?: boolean;
  /** True where the connection was lost, and others have made the copy. */
  readonly isReplaced?: boolean;
  /** True where a source was told that files need not come: it ends with status 1. */
  readonly hasRefused?: boolean;
}

/** Sessions that are open, and the state of their dialogue. */
interface Opened {
  readonly scps: readonly RemoteScp[];
  /** Failures that broke the dialogue when it started. */
  readonly failures: ConnectionFailures | undefined;
  readonly sessions: AsyncDisposableStack;
}

/** Requests for some scps, and the dialogue with them. */
interface Plan {
  readonly requests: readonly ScpRequest[];
  readonly dialogue: Dialogue;
}

/** Starts scp on the hosts of a job, and sees each session to its end. */
export class ScpSessions implements Disposable {
  readonly #context: SessionContext;
  readonly #job: CopyJob;
  readonly #observer: Tally;
  readonly #exits: ScpExits;
  readonly #plans: LoginPlans;

  constructor(context: SessionContext) {
    this.#exits = new ScpExits(context);
    this.#plans = new LoginPlans(context);
    this.#context = context;
    this.#job = context.job;
    this.#observer = context.observer;
  }

  /** Plans the login of a location, as `LoginPlans` do. */
  async planFor(location: RemoteLocation): Promise<LoginPlan | undefined> {
    return await this.#plans.planFor(location);
  }

  /** Gives the part of an ssh beside those of a copy, as `LoginPlans` do. */
  async partBeside(
    location: RemoteLocation,
    plan: LoginPlan | undefined,
  ): Promise<LoginPart | undefined> {
    return await this.#plans.partBeside(location, plan);
  }

  /** Removes what the logins shared. */
  [Symbol.dispose](): void {
    this.#plans[Symbol.dispose]();
  }

  /**
   * Starts the scps one after the other, since each ssh may ask, and waits until
   * all of them have spoken.
   */
  async connect(
    requests: readonly ScpRequest[],
    dialogue: Dialogue,
    options: ConnectOptions,
  ): Promise<ConnectResult> {
    const plan = { requests, dialogue };
    try {
      const opened = await this.#open(plan, options);
      if ("kind" in opened) return opened;
      for (const scp of opened.scps) scp.show();
      return {
        kind: "connected",
        isCertain: opened.scps.every((scp) => scp.soundsLikeScp),
        run: () => this.#run(opened, plan),
        close: () => opened.sessions.disposeAsync(),
      };
    } catch (error) {
      return this.#reportUnopened(plan, asConnectionFailure(error), options);
    }
  }

  async #open(
    { requests, dialogue }: Plan,
    options: ConnectOptions,
  ): Promise<Opened | Unconnected> {
    await using sessions = new AsyncDisposableStack();
    const scps: RemoteScp[] = [];
    const interrupted = endSignal(this.#context, options);
    for (const request of requests) {
      const scp = new RemoteScp(request, this.#context, interrupted);
      scps.push(sessions.use(scp));
      const unprepared = await this.#prepare(scp, options);
      if (unprepared !== undefined) return unprepared;
      const silent = scp.isTrial
        ? await this.#awaitOutput(scp, options)
        : undefined;
      if (silent !== undefined) return silent;
      await skipBanner(scp);
      // Behind the directory script, a sink need not be ready yet.
      if (scp.role === "-f" || scp.prepared !== undefined) continue;
      const result = await this.#awaitOutput(scp, options);
      if (result !== undefined) return result;
    }
    const failures = await dialogue.start(scps);
    for (const [at, scp] of scps.entries()) {
      if (scp.isTrial && (failures !== undefined || !await scp.hasBegun())) {
        return silentRemote(scp.location, "scp");
      }
      if (scp.role === "-t" || !mayEndSilently(failures, at)) continue;
      const result = await this.#awaitOutput(scp, options);
      if (result !== undefined) return result;
    }
    return { scps, failures, sessions: sessions.move() };
  }

  /**
   * Has the directory script make directories before a sink starts; starts the sink
   * without it where the remote has no such shell.
   */
  async #prepare(
    scp: RemoteScp,
    options: ConnectOptions,
  ): Promise<Unconnected | undefined> {
    if (!scp.isScripted) return undefined;
    const { hosts } = this.#context;
    const sign = await awaitFirstOutput(scp.session, hosts, options);
    if (sign === "silent") return silentRemote(scp.location, "scp");
    const state = sign === "spoke" ? await scp.prepareDirectories() : "ended";
    if (state === "ready") return undefined;
    if (state === "ended") {
      const { failure, status } = await this.#failureOf(scp);
      const isPlainWorthIt = sign === "spoke"
        ? status.code === SCRIPT_FAILED
        : failure.kind === "unavailable";
      if (!isPlainWorthIt) return this.#reportStart(scp, failure, options);
    }
    await scp.startPlain();
    return undefined;
  }

  /** Waits until an scp has spoken; gives the result of one that does not. */
  async #awaitOutput(
    scp: RemoteScp,
    options: ConnectOptions,
  ): Promise<Unconnected | undefined> {
    const { hosts } = this.#context;
    const sign = await awaitFirstOutput(scp.session, hosts, options);
    if (sign === "spoke") return undefined;
    if (sign === "silent") return silentRemote(scp.location, "scp");
    const { failure } = await this.#failureOf(scp);
    return this.#reportStart(scp, failure, options);
  }

  /** Gives the failure of an scp that ended before it spoke. */
  async #failureOf(
    { session, location }: RemoteScp,
  ): Promise<{ failure: StartFailure; status: SshEnd }> {
    const status = await session.end({ isWhole: false });
    const failure = startFailure(new SessionError("lost connection"), {
      ...this.#exits.factsOf(location),
      status,
      errorLines: session.stderrLines,
    });
    return { failure, status };
  }

  #reportStart(
    { session, location }: RemoteScp,
    failure: StartFailure,
    options: ConnectOptions,
  ): Unconnected {
    const { hosts, observer } = this.#context;
    if (failure.kind !== "unavailable" || !hosts.mayChange) session.showHeld();
    return reportStart(location, failure, { ...options, observer });
  }

  /** Reports an ssh that did not start, or a banner that no scp follows. */
  #reportUnopened(
    { requests }: Plan,
    error: ConnectionFailure,
    options: ConnectOptions,
  ): Unconnected {
    const [{ location }] = requests as [ScpRequest];
    const failure = startFailure(error, {
      ...this.#exits.factsOf(location),
      errorLines: [],
    });
    const { observer } = this.#context;
    return reportStart(location, failure, { ...options, observer });
  }

  /**
   * Runs the dialogue and reports its failures and those of ssh. Where a banner
   * got into the dialogue, opens the sessions again without it.
   */
  async #run(
    first: Opened,
    plan: Plan,
  ): Promise<UnavailableProtocol | undefined> {
    let opened: Opened | Unconnected = first;
    try {
      while (!("kind" in opened)) {
        await using _sessions = opened.sessions;
        const failuresBefore = this.#observer.failures;
        const { scps, failures } = opened;
        const broken = failures ?? await plan.dialogue.run(scps);
        const ended = scps.map((scp, at) => ({ scp, failure: broken[at] }));
        const refusal = this.#refusalAmong(ended);
        if (refusal !== undefined) return refusal;
        if (!this.#expectBanners(ended)) {
          // What was not found is no exit to report, nor one that others make good.
          const { foundNothing, isReplaced, hasRefused } = plan.dialogue;
          if (foundNothing || isReplaced) return undefined;
          await this.#exits.report(ended, failuresBefore, hasRefused);
          return undefined;
        }
        await opened.sessions.disposeAsync();
        opened = await this.#open(plan, {});
      }
    } catch (error) {
      opened = this.#reportUnopened(plan, asConnectionFailure(error), {});
    }
    return opened.kind === "unavailable" ? opened : undefined;
  }

  /** Finds a host that refuses scp in words that came in its place. */
  #refusalAmong(scps: readonly EndedScp[]): UnavailableProtocol | undefined {
    if (this.#job.interrupted.aborted) return undefined;
    for (const { scp: { location }, failure } of scps) {
      if (!(failure instanceof UnexpectedOutputError)) continue;
      const [, output] = /the remote said (".*")/s.exec(failure.message) ?? [];
      const refusal = refusalIn(output ?? "");
      if (refusal !== undefined) return { location, ...refusal };
    }
    return undefined;
  }

  /** Expects a banner of each shell that was taken for scp, if there is any. */
  #expectBanners(scps: readonly EndedScp[]): boolean {
    if (this.#job.interrupted.aborted) return false;
    let any = false;
    for (const { scp, failure } of scps) {
      if (scp.isMarked || !(failure instanceof UnexpectedOutputError)) continue;
      this.#context.banners.expect(scp.location, failure, scp.age);
      any = true;
    }
    return any;
  }
}

/**
 * Tells whether a source may end without output: one that was asked to speak,
 * or that had ended before it could be asked.
 */
function mayEndSilently(
  failures: ConnectionFailures | undefined,
  at: number,
): boolean {
  return failures === undefined || failures[at] instanceof SessionError;
}

/** @throws {ProtocolError} If scp does not follow a banner. */
async function skipBanner(scp: RemoteScp): Promise<void> {
  try {
    await scp.skipBanner();
  } catch (error) {
    throw withName(scp.location.host, error);
  }
}
