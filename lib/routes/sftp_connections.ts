import type { RemoteLocation } from "../location/location.ts";
import { SessionPool } from "../sftp/session_pool.ts";
import { SftpSession } from "../sftp/session.ts";
import type { LoginPart } from "../ssh/arguments.ts";
import { noticeInterrupt } from "../ssh/exit_status.ts";
import type { SshSession } from "../ssh/session.ts";
import type { SessionContext } from "./route.ts";
import { pacedChannel } from "./session_start.ts";
import { CLOSE_MILLISECONDS, startSftp } from "./sftp_start.ts";

/** Most logins at a time: sshd drops some of more than ten (MaxStartups). */
const MOST_LOGINS = 4;

/** Settings of the connections of one login. */
export interface ConnectionOptions {
  /** Part of each ssh after the first one; absent where none may start. */
  readonly part: LoginPart | undefined;
  /** True where the rate is limited. */
  readonly isPaced: boolean;
  /** Stops each ssh when aborted. */
  readonly interrupted: AbortSignal;
}

/**
 * Connections of one login to an SFTP server: the first one, and others that start
 * beside the copy when it has work for them. One that does not come, or is lost, is
 * a warning as long as another one is left.
 */
export class SftpConnections {
  readonly sftp: SessionPool;
  readonly #location: RemoteLocation;
  readonly #context: SessionContext;
  readonly #options: ConnectionOptions;
  readonly #others = new Map<SftpSession, SshSession>();
  /** Logins that are not over, each with what ends it. */
  readonly #logins = new Map<AbortController, Promise<void>>();
  /** Connections that were started so far, the first one included. */
  #started = 1;
  #wanted = 1;
  #hasFailed = false;
  #isOver = false;

  constructor(
    first: SftpSession,
    location: RemoteLocation,
    context: SessionContext,
    options: ConnectionOptions,
  ) {
    this.#location = location;
    this.#context = context;
    this.#options = options;
    this.sftp = new SessionPool(first, {
      width: context.job.options.jobs,
      onDemand: (sessions) => this.want(sessions),
      onLost: (session) => this.#lost(session),
    });
  }

  /** Starts connections where there is work for so many in all. */
  want(sessions: number): void {
    if (sessions <= this.#wanted) return;
    this.#wanted = Math.min(sessions, this.sftp.width);
    if (this.#options.part !== undefined) this.#startWanted();
    else if (!this.#hasFailed) {
      this.#hasFailed = true;
      this.#warn(": ssh would prompt for each: try --share");
    }
  }

  /** Starts connections; none any more once one has failed, as the next would. */
  #startWanted(): void {
    const isLogin = this.#options.part?.kind !== "shared";
    const most = isLogin ? MOST_LOGINS : this.#wanted;
    while (
      this.#started < this.#wanted && this.#logins.size < most &&
      !this.#hasFailed && !this.#isOver
    ) {
      this.#started++;
      const ending = new AbortController();
      const login = this.#start(ending.signal).then(() => {
        this.#logins.delete(ending);
        this.#startWanted();
        if (this.#hasFailed && this.#logins.size === 0) this.#warn();
      });
      this.#logins.set(ending, login);
    }
  }

  /** @param ended Aborted where the copy is over before the login. */
  async #start(ended: AbortSignal): Promise<void> {
    const { job: { options: { lockstep } }, observer } = this.#context;
    const { isPaced, interrupted } = this.#options;
    const signal = AbortSignal.any([interrupted, ended]);
    try {
      await using sessions = new AsyncDisposableStack();
      const ssh = sessions.use(this.#startSsh(signal));
      const channel = isPaced
        ? pacedChannel(ssh.channel, this.#context)
        : ssh.channel;
      const sftp = await SftpSession.begin(channel, { lockstep });
      if (this.#isOver) return;
      sessions.move();
      this.#others.set(sftp, ssh);
      this.sftp.add(sftp);
    } catch (error) {
      if (signal.aborted) return;
      this.#hasFailed = true;
      observer.report({
        kind: "verbose",
        message: () =>
          `${this.#location.host}: a connection did not come: ` +
          (error as Error).message,
      });
    }
  }

  #startSsh(interrupted: AbortSignal): SshSession {
    const { job: { options }, observer } = this.#context;
    return startSftp(this.#location, this.#options.part, {
      options,
      // What they say the first one has said, or is no failure; they ask nothing.
      observer: {
        report: (event) => {
          const isQuiet = event.kind === "sshStarted" ||
            event.kind === "sshOutput" && !options.verbose;
          if (!isQuiet) observer.report(event);
        },
      },
      interrupted,
    });
  }

  async #lost(session: SftpSession): Promise<void> {
    if (this.#isOver) return;
    const { interrupted } = this.#context.job;
    this.#others.get(session)?.[Symbol.asyncDispose]();
    this.#others.delete(session);
    await noticeInterrupt(interrupted);
    if (!this.#isOver && !interrupted.aborted) this.#warn(": one was lost");
  }

  #warn(reason = ""): void {
    const { sftp } = this;
    this.#context.observer.report({
      kind: "warning",
      message: `${this.#location.host}: going on with ${sftp.size} of ` +
        `${sftp.width} connections${reason}`,
    });
  }

  /** Ends all connections but the first one; a master ends after them by itself. */
  async endOthers(): Promise<void> {
    this.#isOver = true;
    for (const ending of this.#logins.keys()) ending.abort();
    await Promise.all(this.#logins.values());
    await Promise.all(
      this.#others.entries().map(async ([sftp, ssh]) => {
        await using session = ssh;
        await session.end({
          isWhole: true,
          readToEnd: sftp.ended,
          graceMilliseconds: CLOSE_MILLISECONDS,
        });
      }),
    );
  }
}
