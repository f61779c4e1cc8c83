import type { RemoteLocation } from "../location/location.ts";
import { SessionPool } from "../sftp/session_pool.ts";
import type { SftpSession } from "../sftp/session.ts";
import type { LoginPart } from "../ssh/arguments.ts";
import type { SshSession } from "../ssh/session.ts";
import { ConnectionStarter, laterObserver } from "./connection_starter.ts";
import type { EarlyConnections } from "./early_connections.ts";
import type { SessionContext } from "./route.ts";
import {
  beginSftp,
  type BegunConnection,
  CLOSE_MILLISECONDS,
  type ConnectionStart,
} from "./sftp_start.ts";

/** Settings of the connections of one login. */
export interface ConnectionOptions {
  /** Part of each ssh after the first one; absent where none may start. */
  readonly part: LoginPart | undefined;
  /** True where the rate is limited. */
  readonly isPaced: boolean;
  /** Stops each ssh when aborted. */
  readonly interrupted: AbortSignal;
  /** Connections that began beside the first one, ended with the others. */
  readonly early: EarlyConnections;
}

/**
 * Begins a connection after the first one, which is heard only where all is verbose.
 *
 * @throws {SessionError} If ssh cannot be started.
 */
export function beginConnection(
  location: RemoteLocation,
  part: LoginPart,
  context: SessionContext,
  start: Pick<ConnectionStart, "isPaced" | "ended">,
): BegunConnection {
  const { job: { options } } = context;
  const observer = laterObserver(context.observer, options);
  return beginSftp(location, part, context, { ...start, observer });
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

  async #start(part: LoginPart, ended: AbortSignal): Promise<void> {
    const { isPaced, early } = this.#options;
    await using sessions = new AsyncDisposableStack();
    const { ssh, starting } = early.take(ended) ??
      beginConnection(this.#location, part, this.#context, { isPaced, ended });
    sessions.use(ssh);
    const sftp = await starting;
    if (sftp instanceof Error) throw sftp;
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
    await Promise.all([
      this.#starter.end(),
      this.#options.early[Symbol.asyncDispose](),
    ]);
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
