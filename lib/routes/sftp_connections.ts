import type { RemoteLocation } from "../location/location.ts";
import { SessionPool } from "../sftp/session_pool.ts";
import { SftpSession } from "../sftp/session.ts";
import type { LoginPart } from "../ssh/arguments.ts";
import type { SshSession } from "../ssh/session.ts";
import { ConnectionStarter, laterObserver } from "./connection_starter.ts";
import type { SessionContext } from "./route.ts";
import { pacedChannel } from "./session_start.ts";
import { CLOSE_MILLISECONDS, startSftp } from "./sftp_start.ts";

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
  readonly #starter: ConnectionStarter;
  readonly #others = new Map<SftpSession, SshSession>();

  constructor(
    first: SftpSession,
    location: RemoteLocation,
    context: SessionContext,
    options: ConnectionOptions,
  ) {
    this.#location = location;
    this.#context = context;
    this.#options = options;
    const sftp = this.sftp = new SessionPool(first, {
      width: context.job.options.jobs,
      onDemand: (sessions) => this.want(sessions),
      onLost: (session) => this.#lost(session),
    });
    const { part, interrupted } = options;
    this.#starter = new ConnectionStarter({
      host: location.host,
      part,
      interrupted,
      get size() {
        return sftp.size;
      },
      start: (part, signal) => this.#start(part, signal),
    }, context);
  }

  /** Starts connections where there is work for so many in all. */
  want(sessions: number): void {
    this.#starter.want(sessions);
  }

  async #start(part: LoginPart, signal: AbortSignal): Promise<void> {
    const { job: { options }, observer, hosts } = this.#context;
    const { lockstep } = options;
    await using sessions = new AsyncDisposableStack();
    const ssh = sessions.use(startSftp(this.#location, part, {
      options,
      ssh: hosts.sshFor(this.#location),
      observer: laterObserver(observer, options),
      interrupted: signal,
    }));
    const channel = this.#options.isPaced
      ? pacedChannel(ssh.channel, this.#context)
      : ssh.channel;
    const sftp = await SftpSession.begin(channel, { lockstep });
    if (this.#starter.isOver) return;
    sessions.move();
    this.#others.set(sftp, ssh);
    this.sftp.add(sftp);
  }

  async #lost(session: SftpSession): Promise<void> {
    if (this.#starter.isOver) return;
    this.#others.get(session)?.[Symbol.asyncDispose]();
    this.#others.delete(session);
    await this.#starter.warnOfLoss();
  }

  /** Ends all connections but the first one; a master ends after them by itself. */
  async endOthers(): Promise<void> {
    await this.#starter.end();
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
