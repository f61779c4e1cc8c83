import type { Channel } from "../channel/channel.ts";
import { PacedChannel } from "../channel/paced_channel.ts";
import { EntryError, naming, ProtocolError } from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import { SftpFileSystem } from "../sftp/sftp_file_system.ts";
import { SftpSession } from "../sftp/session.ts";
import { sftpArguments, sftpServerArguments } from "../ssh/arguments.ts";
import { SshSession } from "../ssh/session.ts";
import { asConnectionFailure, type ConnectionFailure } from "./breach.ts";
import { confusionHint } from "./confusion.ts";
import type { DialogueContext } from "./context.ts";
import { loginOf } from "../location/login.ts";
import { lostMessage, lostReason } from "./lost.ts";
import { type EndMeaning, meaningOf } from "./absence.ts";
import { awaitSpeech, type Beginning, type Terms } from "./beginning.ts";

/** A server that is talked to. */
interface Server {
  readonly location: RemoteLocation;
  readonly ssh: SshSession;
  readonly sftp: SftpSession;
  /** Ends its ssh when aborted; absent where nothing does. */
  readonly abandoned: AbortSignal | undefined;
}

/** Result of a beginning that came to nothing. */
type Unbegun = Exclude<Beginning, { kind: "begun" }>;

/** The most that is moved at a time, in bytes. */
const BLOCK_BYTES = 256 * 1024;

/** The least, however slow the copy is to be. */
const LEAST_BLOCK_BYTES = 4096;

/** Longest wait for a server to close a channel that is done, in milliseconds. */
const CLOSE_MILLISECONDS = 2000;

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
   * Sees to it that the servers of some locations are there, one after the
   * other, since each ssh may ask.
   *
   * @returns The end of it all if they are not.
   */
  async begin(
    locations: readonly RemoteLocation[],
    terms: Terms,
  ): Promise<Unbegun | undefined> {
    for (const [at, location] of locations.entries()) {
      const login = loginOf(location);
      if (this.#servers.get(login)?.sftp.isAlive) continue;
      const server = await this.#start(location, { isFirst: at === 0, terms });
      if ("kind" in server) {
        await this.abandon(locations);
        return server;
      }
      this.#servers.set(login, server);
    }
    return undefined;
  }

  /** Ends the servers of locations that an abandoned beginning started. */
  async abandon(locations: readonly RemoteLocation[]): Promise<void> {
    for (const location of locations) {
      const login = loginOf(location);
      const server = this.#servers.get(login);
      if (server?.abandoned?.aborted !== true) continue;
      this.#servers.delete(login);
      await server.ssh[Symbol.asyncDispose]();
    }
  }

  /**
   * Has `use` work with the files of locations whose servers were begun; those
   * of one login are the same. Reports what breaks it.
   */
  async run(
    locations: readonly RemoteLocation[],
    use: (files: readonly SftpFileSystem[]) => Promise<void>,
  ): Promise<undefined> {
    const servers = locations.map((location) =>
      this.#servers.get(loginOf(location))!
    );
    try {
      const files = new Map<Server, SftpFileSystem>();
      for (const server of servers) {
        if (files.has(server)) continue;
        files.set(server, await this.#filesOf(server));
      }
      await use(servers.map((server) => files.get(server)!));
    } catch (error) {
      if (error instanceof EntryError) {
        this.#context.observer.report({
          kind: "failure",
          message: error.message,
        });
      } else await this.#seeBroken(servers, asConnectionFailure(error));
    }
  }

  async #filesOf({ location, sftp }: Server): Promise<SftpFileSystem> {
    const { job, pacer } = this.#context;
    return await SftpFileSystem.of(sftp, {
      label: `${location.host}: `,
      tuning: job.options.sftpTuning,
      blockBytes: Math.max(
        LEAST_BLOCK_BYTES,
        Math.min(BLOCK_BYTES, pacer?.sliceBytes ?? Infinity),
      ),
    });
  }

  /** @param isFirst Whether it is the one whose rate is limited. */
  async #start(
    location: RemoteLocation,
    { isFirst, terms }: { isFirst: boolean; terms: Terms },
  ): Promise<Server | Unbegun> {
    const { job: { options: { lockstep } }, hosts, shells } = this.#context;
    try {
      await using sessions = new AsyncDisposableStack();
      const ssh = sessions.use(this.#startSsh(location, terms));
      const channel = isFirst ? this.#paced(ssh.channel) : ssh.channel;
      const beginning = SftpSession.begin(channel, { lockstep });
      beginning.catch(() => {
        // It is awaited below, unless the server is silent.
      });
      const sign = await awaitSpeech(ssh, hosts, terms);
      if (sign === "silent") {
        const why = "SFTP did not begin: the server says nothing";
        return { kind: "absent", location, why, isProven: true };
      }
      const sftp = await beginning.catch(asConnectionFailure);
      if (!(sftp instanceof SftpSession)) {
        return await this.#seeUnbegun(ssh, { location, terms, error: sftp });
      }
      if (sftp.banner !== "") shells.tell(location, sftp.banner, "SFTP");
      ssh.showHeld();
      sessions.move();
      return { location, ssh, sftp, abandoned: terms.abandoned };
    } catch (error) {
      const { message } = asConnectionFailure(error);
      return this.#lose(location, { why: message, message }, terms);
    }
  }

  /** Finds out why no session came about. */
  async #seeUnbegun(
    ssh: SshSession,
    { location, terms, error }: {
      location: RemoteLocation;
      terms: Terms;
      error: ConnectionFailure;
    },
  ): Promise<Unbegun> {
    const { job, hosts } = this.#context;
    const end = error instanceof ProtocolError
      ? undefined
      : await ssh.end({ isWhole: false });
    const meaning: EndMeaning = end === undefined
      ? { kind: "absent", why: error.message, isProven: false }
      : meaningOf({ protocol: "sftp", ...end, said: ssh.stderrLines });
    if (meaning.kind === "absent" && !job.interrupted.aborted) {
      if (!hosts.mayChange) ssh.showHeld();
      return { ...meaning, location };
    }
    ssh.showHeld();
    const loss = { end: end ?? {}, job };
    return this.#lose(location, {
      why: lostReason(error, loss),
      message: lostMessage(location, error, loss),
    }, terms);
  }

  /** Reports a loss, unless the other protocol may yet begin. */
  #lose(
    location: RemoteLocation,
    { why, message }: { why: string; message: string },
    { abandoned }: Terms,
  ): Unbegun {
    if (abandoned !== undefined) {
      return { kind: "absent", location, why, isProven: false };
    }
    this.#context.observer.report({
      kind: "failure",
      message: message,
      isConnection: true,
    });
    return { kind: "over" };
  }

  #startSsh(location: RemoteLocation, { abandoned }: Terms): SshSession {
    const { job: { options, interrupted }, observer } = this.#context;
    const { ssh, sftpServer } = options;
    const program = sftpServer ?? ssh.program;
    observer.report({
      kind: "verbose",
      message: () =>
        `Executing: program ${program} host ${location.host}, ` +
        `user ${location.user ?? "(unspecified)"}, command sftp`,
    });
    const args = sftpServer === undefined
      ? sftpArguments(ssh, location)
      : sftpServerArguments(location);
    return SshSession.start(program, args, {
      interrupted: abandoned === undefined
        ? interrupted
        : AbortSignal.any([interrupted, abandoned]),
      service: "SFTP server",
      onStderr: (text) => observer.report({ kind: "sshOutput", text: text }),
    });
  }

  #paced(channel: Channel): Channel {
    const { pacer } = this.#context;
    return pacer === undefined ? channel : new PacedChannel(channel, pacer);
  }

  /** Reports what broke a session, and ends it. */
  async #seeBroken(
    servers: readonly Server[],
    error: ConnectionFailure,
  ): Promise<void> {
    const { job, observer } = this.#context;
    const broken = servers.find(({ sftp }) => !sftp.isAlive) ?? servers[0]!;
    const { location, ssh, sftp } = broken;
    this.#servers.delete(loginOf(location));
    await using _session = ssh;
    if (error instanceof ProtocolError) {
      const { message } = asConnectionFailure(naming(location.host, error));
      observer.report({
        kind: "failure",
        message: message + confusionHint(error, job.options),
      });
    } else {
      const end = await ssh.end({ isWhole: false, readToEnd: sftp.ended });
      observer.report({
        kind: "failure",
        message: lostMessage(location, error, { end, job }),
        isConnection: true,
      });
    }
  }

  /** Sees all servers to their end. */
  async end(): Promise<void> {
    for (const server of this.#servers.values()) await this.#end(server);
    this.#servers.clear();
  }

  /**
   * Ends a server's session. Every request was answered, which proves the copy:
   * a status that is missing or odd is no failure, nor is a channel that the
   * server does not close.
   */
  async #end({ location, ssh, sftp }: Server): Promise<void> {
    const { job, observer } = this.#context;
    await using _session = ssh;
    const isWhole = sftp.isAlive;
    const { failure, stopped } = await ssh.end({
      isWhole,
      readToEnd: sftp.ended,
      graceMilliseconds: CLOSE_MILLISECONDS,
    });
    if (failure === undefined || job.interrupted.aborted) return;
    const { host } = location;
    if (!isWhole) {
      observer.report({
        kind: "failure",
        message: `${host}: ${failure}`,
        isConnection: true,
      });
    } else if (stopped) {
      observer.report({
        kind: "verbose",
        message: () => `${host}: the server did not close its channel`,
      });
    } else {observer.report({
        kind: "verbose",
        message: () => `${host}: ${failure}`,
      });}
  }
}
