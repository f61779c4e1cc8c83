import {
  asConnectionFailure,
  type ConnectionFailure,
  EntryError,
  ProtocolError,
} from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import { loginOf } from "../location/login.ts";
import { announcesCheckFile } from "../sftp/check_file.ts";
import type { SftpFileSystem } from "../sftp/sftp_file_system.ts";
import type { LookRequest } from "../sftp/looks_ahead.ts";
import type { ExitStatus } from "../ssh/exit_status.ts";
import { EarlyLogins } from "./early_login.ts";
import { allOf, filesOf, isAlive, type Server } from "./open_server.ts";
import type { ConnectOptions, ConnectResult, SessionContext } from "./route.ts";
import { copyInSecondSession } from "./second_session.ts";
import { ServerStarter, sftpFacts } from "./server_starter.ts";
import { dialogueFailures } from "./session_failure.ts";
import { endSignal, reportExit } from "./session_start.ts";
import { CLOSE_MILLISECONDS, removalSignal } from "./sftp_start.ts";

/** Copy between the files of servers. */
export interface SftpCopy {
  /**
   * Makes the copy.
   *
   * @param files Files of each location, in their order; locations of one login
   * have the same.
   */
  run(files: readonly SftpFileSystem[]): Promise<void>;
  /** Connections that it has work for at once, as far as that shows before. */
  readonly width: number;
  /** The same as far as that can be guessed: so many log in at once. */
  readonly likelyWidth: number;
  /** Looks at the first location that it will begin with. */
  readonly looks: readonly LookRequest[];
}

/**
 * Starts the SFTP servers of a job, and sees each session to its end. Each login
 * is made once, when it is first needed; its session serves until the job ends
 * or the connection is lost.
 */
export class SftpSessions {
  readonly #context: SessionContext;
  readonly #servers = new Map<string, Server>();
  /** Ends each ssh when aborted. */
  readonly #interrupted: AbortSignal;
  readonly #starter: ServerStarter;
  /** Servers whose files nobody has asked for: their ends matter to no copy. */
  readonly #idle = new Set<Server>();

  constructor(context: SessionContext) {
    this.#context = context;
    const { interrupted, options } = context.job;
    this.#interrupted = removalSignal(
      interrupted,
      options,
      () => this.#servers.values().some((server) => !this.#idle.has(server)),
    );
    this.#starter = new ServerStarter(context, this.#interrupted);
  }

  /**
   * Starts the servers of some locations one after the other, since each ssh
   * may ask, and beside each other where none is expected to. Waits until all of
   * them have spoken.
   */
  async connect(
    locations: readonly RemoteLocation[],
    copy: SftpCopy,
    options: ConnectOptions,
  ): Promise<ConnectResult> {
    await using early = this.#beginEarly(locations, options);
    for (const [at, location] of locations.entries()) {
      const login = loginOf(location);
      const known = this.#servers.get(login);
      if (isAlive(known)) continue;
      await known?.hashes?.end();
      await known?.ssh[Symbol.asyncDispose]();
      const server = await this.#starter.start(location, {
        isFirst: at === 0,
        options,
        early: await early.take(login),
        looks: locations.length === 1 ? copy.looks : [],
        width: copy.likelyWidth,
      });
      if ("kind" in server) {
        await this.#closeAbandoned(locations);
        return server;
      }
      this.#servers.set(login, server);
      this.#idle.add(server);
    }
    return {
      kind: "connected",
      isCertain: true,
      run: () => this.#run(locations, copy, options),
      close: () => this.#closeAbandoned(locations),
    };
  }

  /** Begins the logins of all locations but the first one that need one. */
  #beginEarly(
    [first, ...others]: readonly RemoteLocation[],
    options: ConnectOptions,
  ): EarlyLogins {
    const interrupted = this.#interrupted;
    const ended = endSignal({ job: { interrupted } }, options);
    const early = new EarlyLogins(this.#context, ended);
    for (const location of others) {
      const login = loginOf(location);
      const isNew = login !== loginOf(first!) &&
        !isAlive(this.#servers.get(login));
      if (isNew) early.begin(location);
    }
    return early;
  }

  /** Sees all sessions to their end. */
  async end(): Promise<void> {
    using _starter = this.#starter;
    for (const server of this.#servers.values()) await this.#end(server);
    this.#servers.clear();
  }

  /** Ends the sessions that an abandoned attempt started. */
  async #closeAbandoned(locations: readonly RemoteLocation[]): Promise<void> {
    for (const location of locations) {
      const login = loginOf(location);
      const server = this.#servers.get(login);
      if (server?.abandoned?.aborted !== true) continue;
      this.#servers.delete(login);
      await server.ssh[Symbol.asyncDispose]();
    }
  }

  async #run(
    locations: readonly RemoteLocation[],
    copy: SftpCopy,
    { faster }: ConnectOptions,
  ): Promise<undefined> {
    const servers = locations.map((location) =>
      this.#servers.get(loginOf(location))!
    );
    const [first] = servers as [Server];
    try {
      // What a second session has not carried once, it does not carry.
      const isMade = faster !== undefined && this.#idle.has(first) &&
        await copyInSecondSession(first, faster, this.#context.observer);
      if (isMade) return;
      for (const server of servers) this.#idle.delete(server);
      // A server copies within itself between files of one session.
      const isWithin = servers.length > new Set(servers).size;
      const files = new Map<Server, SftpFileSystem>();
      for (const server of servers) {
        if (files.has(server)) continue;
        if (files.size === 0) server.sftp.askAhead(copy.looks);
        if (!announcesCheckFile(server.sftp)) server.hashes?.startEarly();
        const sftp = isWithin ? server.sftp : allOf(server);
        if (!isWithin) server.connections?.want(copy.width);
        files.set(server, await filesOf(server, sftp, this.#context));
      }
      await copy.run(servers.map((server) => files.get(server)!));
    } catch (error) {
      if (error instanceof EntryError) {
        const { message } = error;
        this.#context.observer.report({ kind: "failure", message });
      } else await this.#endBroken(servers, asConnectionFailure(error));
    }
  }

  /** Ends the session that a failure broke, and reports it. */
  async #endBroken(
    servers: readonly Server[],
    error: ConnectionFailure,
  ): Promise<void> {
    const broken = servers.find((server) => !isAlive(server)) ?? servers[0]!;
    const { location, ssh, sftp, connections, hashes } = broken;
    this.#servers.delete(loginOf(location));
    await using _session = ssh;
    await Promise.all([connections?.endOthers(), hashes?.end()]);
    // A server that broke the protocol may never exit.
    const status = error instanceof ProtocolError
      ? undefined
      : await ssh.end({ isWhole: false, readToEnd: sftp.ended });
    this.#reportExit(location, error, status);
  }

  /**
   * Ends a session. Every request was answered, which proves the copy: neither a
   * missing or odd status nor a channel that the server does not close is a
   * failure.
   */
  async #end(server: Server): Promise<void> {
    const { job, observer } = this.#context;
    const { location, ssh, sftp, connections, hashes } = server;
    await using _session = ssh;
    const isWhole = isAlive(server);
    const [end] = await Promise.all([
      ssh.end({
        isWhole,
        readToEnd: sftp.ended,
        graceMilliseconds: CLOSE_MILLISECONDS,
      }),
      connections?.endOthers(),
      hashes?.end(),
    ]);
    const { failure, stopped } = end;
    if (failure === undefined || job.interrupted.aborted) return;
    if (this.#idle.has(server)) return;
    // A connection that is lost when all is done needs no new one.
    const isLoss = job.options.retries === undefined;
    if (!isWhole && isLoss) return this.#reportExit(location, undefined, end);
    const reason = stopped ? "the server did not close its channel" : failure;
    observer.report({
      kind: "verbose",
      message: () => `${location.host}: ${reason}`,
    });
  }

  #reportExit(
    location: RemoteLocation,
    failure: ConnectionFailure | undefined,
    status: ExitStatus | undefined,
  ): void {
    const { job: { options: { lockstep } }, observer } = this.#context;
    const events = dialogueFailures(failure, {
      ...sftpFacts(location, this.#context),
      status,
      lockstep,
      hasSeveral: false,
      hasReported: false,
    });
    const endsSession = failure !== undefined;
    reportExit(observer, location, { events, endsSession });
  }
}
