import type { Channel } from "../channel/channel.ts";
import { PacedChannel } from "../channel/paced_channel.ts";
import { EntryError, naming, ProtocolError } from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import { RemoteFiles } from "../sftp/remote_files.ts";
import { SftpSession } from "../sftp/session.ts";
import { sftpArguments, sftpServerArguments } from "../ssh/arguments.ts";
import { SshSession } from "../ssh/session.ts";
import { type Breach, breach } from "./breach.ts";
import { confusionHint } from "./confusion.ts";
import type { DialogueContext } from "./context.ts";
import { loginOf } from "./logins.ts";
import { lostMessage } from "./lost.ts";

/** A server that is talked to. */
interface Server {
  readonly location: RemoteLocation;
  readonly ssh: SshSession;
  readonly sftp: SftpSession;
}

/** The most that is moved at a time, in bytes. */
const BLOCK_BYTES = 256 * 1024;

/** The least, however slow the copy is to be. */
const LEAST_BLOCK_BYTES = 4096;

/** What to do where no session comes about. */
const HINT = "if there is no SFTP server there, try -O";

/**
 * The SFTP servers of a job. Each login is made once, when it is first needed,
 * and serves until the job ends or its connection is lost.
 */
export class SftpServers {
  readonly #context: DialogueContext;
  readonly #servers = new Map<string, Server>();

  constructor(context: DialogueContext) {
    this.#context = context;
  }

  /**
   * Has `use` work with the files at some locations; those of one login are the
   * same. Reports what breaks it.
   *
   * @param label What messages about a path there put before it.
   */
  async run(
    locations: readonly RemoteLocation[],
    label: (location: RemoteLocation) => string,
    use: (files: readonly RemoteFiles[]) => Promise<void>,
  ): Promise<void> {
    const servers: Server[] = [];
    for (const location of locations) {
      const server = await this.#serverFor(location, servers.length === 0);
      if (server === undefined) return;
      servers.push(server);
    }
    try {
      const files = new Map<Server, RemoteFiles>();
      for (const server of servers) {
        if (files.has(server)) continue;
        files.set(server, await this.#filesOf(server, label));
      }
      await use(servers.map((server) => files.get(server)!));
    } catch (error) {
      if (error instanceof EntryError) {
        this.#context.reporter.failed(error.message);
      } else await this.#seeBroken(servers, breach(error));
    }
  }

  async #filesOf(
    { location, sftp }: Server,
    label: (location: RemoteLocation) => string,
  ): Promise<RemoteFiles> {
    const { job, pacer } = this.#context;
    return await RemoteFiles.of(sftp, {
      label: label(location),
      tuning: job.options.sftpTuning,
      blockBytes: Math.max(
        LEAST_BLOCK_BYTES,
        Math.min(BLOCK_BYTES, pacer?.sliceBytes ?? Infinity),
      ),
    });
  }

  /**
   * The server of a login; `undefined` if there is none, which is reported.
   *
   * @param isFirst Whether it is the one whose rate is limited.
   */
  async #serverFor(
    location: RemoteLocation,
    isFirst: boolean,
  ): Promise<Server | undefined> {
    const login = loginOf(location);
    const known = this.#servers.get(login);
    if (known?.sftp.isAlive) return known;
    const server = await this.#start(location, isFirst);
    if (server !== undefined) this.#servers.set(login, server);
    return server;
  }

  async #start(
    location: RemoteLocation,
    isFirst: boolean,
  ): Promise<Server | undefined> {
    const { job: { options: { lockstep } }, reporter, shells } = this.#context;
    try {
      await using sessions = new AsyncDisposableStack();
      const ssh = sessions.use(this.#startSsh(location));
      const channel = isFirst ? this.#paced(ssh.channel) : ssh.channel;
      try {
        const sftp = await SftpSession.begin(channel, { lockstep });
        if (sftp.greeting !== "") shells.tell(location, sftp.greeting, "SFTP");
        sessions.move();
        return { location, ssh, sftp };
      } catch (error) {
        reporter.failed(await this.#absence(location, ssh, breach(error)));
      }
    } catch (error) {
      reporter.failed(breach(error).message);
    }
    return undefined;
  }

  #startSsh(location: RemoteLocation): SshSession {
    const { job: { options, interrupted }, reporter } = this.#context;
    const { ssh, sftpServer } = options;
    const program = sftpServer ?? ssh.program;
    reporter.explained(() =>
      `Executing: program ${program} host ${location.host}, ` +
      `user ${location.user ?? "(unspecified)"}, command sftp`
    );
    const args = sftpServer === undefined
      ? sftpArguments(ssh, location)
      : sftpServerArguments(location);
    return SshSession.start(program, args, {
      interrupted,
      seeks: "SFTP server",
      say: (text) => reporter.pass(text),
    });
  }

  #paced(channel: Channel): Channel {
    const { pacer } = this.#context;
    return pacer === undefined ? channel : new PacedChannel(channel, pacer);
  }

  /** What to say where no session came about. */
  async #absence(
    location: RemoteLocation,
    ssh: SshSession,
    error: Breach,
  ): Promise<string> {
    const { job, protocols } = this.#context;
    const message = error instanceof ProtocolError
      ? `${location.host}: ${error.message}`
      : lostMessage(location, error, {
        end: await ssh.end({ isWhole: false }),
        job,
      });
    const canHelp = !protocols.canChange && !job.interrupted.aborted &&
      job.options.sftpServer === undefined;
    return canHelp ? `${message}: ${HINT}` : message;
  }

  /** Reports what broke a session, and ends it. */
  async #seeBroken(servers: readonly Server[], error: Breach): Promise<void> {
    const { job, reporter } = this.#context;
    const broken = servers.find(({ sftp }) => !sftp.isAlive) ?? servers[0]!;
    const { location, ssh, sftp } = broken;
    this.#servers.delete(loginOf(location));
    await using _session = ssh;
    if (error instanceof ProtocolError) {
      const { message } = breach(naming(location.host, error));
      reporter.failed(message + confusionHint(error, job.options));
    } else {
      const end = await ssh.end({ isWhole: false, readToEnd: sftp.ended });
      reporter.failed(lostMessage(location, error, { end, job }));
    }
  }

  /** Sees all servers to their end, and reports one that is no success. */
  async end(): Promise<void> {
    for (const server of this.#servers.values()) await this.#end(server);
    this.#servers.clear();
  }

  async #end({ location, ssh, sftp }: Server): Promise<void> {
    const { job, reporter } = this.#context;
    await using _session = ssh;
    const isWhole = sftp.isAlive;
    const { failure } = await ssh.end({ isWhole, readToEnd: sftp.ended });
    if (failure === undefined || job.interrupted.aborted) return;
    reporter.failed(`${location.host}: ${failure}`);
  }
}
