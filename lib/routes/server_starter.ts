import { delay } from "@std/async/delay";
import {
  asConnectionFailure,
  type ConnectionFailure,
  ProtocolError,
  SessionError,
} from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { LookRequest } from "../sftp/looks_ahead.ts";
import { watchPrompts } from "../ssh/prompt_watch.ts";
import type { SshSession } from "../ssh/session.ts";
import { MOST_LOGINS } from "./connection_starter.ts";
import { EarlyConnections } from "./early_connections.ts";
import { type EarlyLogin, staysSilent } from "./early_login.ts";
import { hashSessionOf } from "./hash_session.ts";
import { type LoginPlan, LoginPlans } from "./login_plan.ts";
import { mayNeedPrompt } from "./mendable.ts";
import type { Server } from "./open_server.ts";
import type { ConnectOptions, SessionContext } from "./route.ts";
import { type SessionFacts, startFailure } from "./session_failure.ts";
import {
  awaitFirstOutput,
  endSignal,
  reportStart,
  silentRemote,
  type Unconnected,
} from "./session_start.ts";
import { SCP_LOOK } from "./second_session.ts";
import { beginConnection, SftpConnections } from "./sftp_connections.ts";
import { beginSftp } from "./sftp_start.ts";

/** Time that the first login begins before others, in milliseconds: it takes longer. */
const HEAD_START_MILLISECONDS = 50;

/** Server to start, and what a copy wants of it. */
export interface ServerStart {
  /** True for the server whose rate is limited. */
  readonly isFirst: boolean;
  readonly options: ConnectOptions;
  /**
   * Login that has begun; absent where none has. Where it was refused, one that may
   * prompt follows.
   */
  readonly early: EarlyLogin | undefined;
  /** Looks at it that leave at once; none where they would be old. */
  readonly looks: readonly LookRequest[];
  /** Connections that the copy is likely to have work for. */
  readonly width: number;
}

/** Starter of the SFTP servers of a job, each in one login or several. */
export class ServerStarter implements Disposable {
  readonly #context: SessionContext;
  readonly #interrupted: AbortSignal;
  readonly #plans: LoginPlans;

  /** @param interrupted Ends each ssh when aborted. */
  constructor(context: SessionContext, interrupted: AbortSignal) {
    this.#context = context;
    this.#interrupted = interrupted;
    this.#plans = new LoginPlans(context);
  }

  /** Starts the server of a location; reports a failure that ends the attempt. */
  async start(
    location: RemoteLocation,
    start: ServerStart,
  ): Promise<Server | Unconnected> {
    const { isFirst, options, early, looks } = start;
    const { job, hosts, banners, observer } = this.#context;
    try {
      await using sessions = new AsyncDisposableStack();
      const plan = options.faster === undefined
        ? await this.#plans.planFor(location)
        : this.#plans.planMaster();
      using prompts = plan?.dependsOnPrompts ? watchPrompts() : undefined;
      const { ssh, starting } = early ??
        beginSftp(location, plan?.first, this.#context, {
          observer,
          isPaced: isFirst,
          ended: this.#endSignal(options),
          looks: options.faster === undefined ? looks : [...looks, SCP_LOOK],
        });
      sessions.use(ssh);
      const others = sessions.use(new EarlyConnections());
      await this.#beginOthers(others, location, plan, start);
      const sign = await awaitFirstOutput(ssh, hosts, options);
      if (sign === "silent") return silentRemote(location, "sftp");
      const sftp = await starting;
      if (early !== undefined && sftp instanceof SessionError) {
        await ssh.end({ isWhole: false });
        if (mayNeedPrompt(ssh.stderrLines)) {
          return await this.start(location, { ...start, early: undefined });
        }
      }
      early?.show();
      if (sftp instanceof Error) {
        return await this.#reportStart(location, sftp, { options, ssh });
      }
      if (sftp.banner !== "") banners.report(location, sftp.banner, "SFTP");
      ssh.showHeld();
      const hasPrompted = prompts?.isBlind === false && prompts.hasPrompted;
      if (hasPrompted) await others[Symbol.asyncDispose]();
      sessions.move();
      const part = hasPrompted ? undefined : plan?.others;
      const connections = job.options.jobs === 1
        ? undefined
        : new SftpConnections(sftp, location, this.#context, {
          part,
          isPaced: isFirst,
          interrupted: this.#interrupted,
          early: others,
        });
      const { abandoned } = options;
      const hashes = hashSessionOf(location, this.#context, {
        findPart: () => this.#plans.partBeside(location, plan),
        interrupted: this.#interrupted,
      });
      return {
        location,
        ssh,
        sftp,
        second: options.faster && part,
        hashes,
        connections,
        abandoned,
      };
    } catch (error) {
      const failure = asConnectionFailure(error);
      return await this.#reportStart(location, failure, { options });
    }
  }

  /** @param ssh Absent where it did not start. */
  async #reportStart(
    location: RemoteLocation,
    error: ConnectionFailure,
    { options, ssh }: { options: ConnectOptions; ssh?: SshSession },
  ): Promise<Unconnected> {
    const { hosts, observer } = this.#context;
    const status = error instanceof ProtocolError
      ? undefined
      : await ssh?.end({ isWhole: false });
    const failure = startFailure(error, {
      ...sftpFacts(location, this.#context),
      status,
      errorLines: ssh?.stderrLines ?? [],
    });
    if (failure.kind !== "unavailable" || !hosts.mayChange) ssh?.showHeld();
    return reportStart(location, failure, { ...options, observer });
  }

  /**
   * Begins the connections that the copy may have work for beside the first one, where
   * each is expected to log in without a prompt.
   */
  async #beginOthers(
    others: EarlyConnections,
    location: RemoteLocation,
    plan: LoginPlan | undefined,
    { isFirst, options, width }: ServerStart,
  ): Promise<void> {
    const { hosts, job } = this.#context;
    const part = plan?.others;
    if (part?.kind !== "silent" || job.options.sftpServer !== undefined) return;
    const count = Math.min(width, MOST_LOGINS) - 1;
    if (count < 1 || !await staysSilent(location, hosts)) return;
    // sshd that takes fewer at a time is to take the first one (MaxStartups).
    await delay(HEAD_START_MILLISECONDS);
    const end = this.#endSignal(options);
    others.begin(
      count,
      (ending) =>
        beginConnection(location, part, this.#context, {
          isPaced: isFirst,
          ended: AbortSignal.any([end, ending]),
        }),
    );
  }

  #endSignal(options: ConnectOptions): AbortSignal {
    return endSignal({ job: { interrupted: this.#interrupted } }, options);
  }

  /** Removes what logins were shared by. */
  [Symbol.dispose](): void {
    this.#plans[Symbol.dispose]();
  }
}

/** Gives the facts about a session with a server that its failures depend on. */
export function sftpFacts(
  location: RemoteLocation,
  { hosts, job }: Pick<SessionContext, "hosts" | "job">,
): SessionFacts {
  return {
    protocol: "sftp",
    location,
    isNamed: !hosts.mayChange,
    isInterrupted: job.interrupted.aborted,
  };
}
