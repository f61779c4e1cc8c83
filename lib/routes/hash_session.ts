import { asConnectionFailure, EntryError, SessionError } from "../errors.ts";
import {
  HASH_PROBE,
  hashCommand,
  type HashRequest,
} from "../digest/hash_script.ts";
import { RemoteHasher } from "../digest/remote_hasher.ts";
import type { Digest, Digester, DigestOptions } from "../filesystem/digest.ts";
import type { RemoteLocation } from "../location/location.ts";
import { skipBanner } from "../scp/banner.ts";
import {
  type LoginPart,
  neverPrompts,
  sshArguments,
} from "../ssh/arguments.ts";
import type { Patience } from "../ssh/first_output.ts";
import type { SshSession } from "../ssh/session.ts";
import { laterObserver } from "./connection_starter.ts";
import type { SessionContext } from "./route.ts";
import { startSsh } from "./session_start.ts";
import { hasEachHashed, hasFilesHashed } from "./verified_copy.ts";

/** Timeouts of a silent remote: its files are read back then. */
const PATIENCE: Patience = { afterLogin: 5000, unseen: 15_000 };

/** Longest time from a shell's first output to the script's, in milliseconds. */
const BANNER_MILLISECONDS = 10_000;

/** Longest wait for the script to end, in milliseconds. */
const CLOSE_MILLISECONDS = 2000;

/** Reason why a host hashes nothing. */
const NO_COMMANDS = "the server runs no commands";

/** Settings of a session that hashes. */
export interface HashSessionOptions {
  /** Operands of the script, as the remote shell is given them; none if absent. */
  readonly operands?: string;
  /** Gives the part of its ssh; `undefined` where that would prompt. */
  readonly findPart: () => Promise<LoginPart | undefined>;
  /** Stops its ssh when aborted. */
  readonly interrupted: AbortSignal;
}

/** Gives the session that is to hash a host's files, where anybody wants that. */
export function hashSessionOf(
  location: RemoteLocation,
  context: SessionContext,
  options: HashSessionOptions,
): HashSession | undefined {
  return hasFilesHashed(context.job.options)
    ? new HashSession(location, context, options)
    : undefined;
}

/**
 * Session with the script that hashes files on a host. Its ssh starts beside the copy,
 * and serves until the copy's session ends.
 */
export class HashSession implements Digester {
  readonly #location: RemoteLocation;
  readonly #context: SessionContext;
  readonly #options: HashSessionOptions;
  #begun: Promise<RemoteHasher | string> | undefined;
  #ssh: SshSession | undefined;

  constructor(
    location: RemoteLocation,
    context: SessionContext,
    options: HashSessionOptions,
  ) {
    this.#location = location;
    this.#context = context;
    this.#options = options;
  }

  /** Starts its ssh where each file is hashed; else the first request does so. */
  startEarly(): void {
    if (hasEachHashed(this.#context.job.options)) this.start();
  }

  /** Starts its ssh, if that has not been done. */
  start(): void {
    this.#begun ??= this.#begin();
  }

  /**
   * Tells whether the first operand was a directory when the script began;
   * `undefined` where that is not known.
   */
  async isThere(): Promise<boolean | undefined> {
    const hasher = await this.#hasher();
    return typeof hasher === "string" ? undefined : hasher.isThere;
  }

  async #hasher(): Promise<RemoteHasher | string> {
    this.start();
    return await this.#begun!;
  }

  async digest(
    path: string,
    { length, size }: DigestOptions = {},
  ): Promise<Digest> {
    return await this.hash({ path, length, size });
  }

  /**
   * Has a file hashed, whose path may begin at an operand.
   *
   * @throws {EntryError} If the file cannot be read there.
   */
  async hash(request: HashRequest): Promise<Digest> {
    const hasher = await this.#hasher();
    if (typeof hasher === "string") {
      return { kind: "unavailable", reason: hasher };
    }
    try {
      const hash = await hasher.hash(request);
      if (hash !== undefined) return { kind: "hash", hash };
    } catch (error) {
      if (error instanceof EntryError) throw error;
      asConnectionFailure(error);
      const reason = "the session that hashes was lost";
      return { kind: "unavailable", reason };
    }
    throw new EntryError(
      `${this.#location.host}: ${request.path}: it cannot be read`,
    );
  }

  /** Begins the dialogue; gives the reason where that is not possible. */
  async #begin(): Promise<RemoteHasher | string> {
    const { job: { options } } = this.#context;
    if (options.sftpServer !== undefined) return "-D leads to no shell";
    const part = await this.#options.findPart();
    if (part === undefined) return "ssh would prompt for another login";
    try {
      const hasher = await this.#converse(part);
      return hasher ?? "it has no program that tells a SHA-256";
    } catch (error) {
      const { message } = asConnectionFailure(error);
      const { observer } = this.#context;
      observer.report({
        kind: "verbose",
        message: () => `${this.#location.host}: no hashes: ${message}`,
      });
      return NO_COMMANDS;
    }
  }

  /**
   * @throws {SessionError} If ssh cannot be started, or ends.
   * @throws {ProtocolError} If no script answers.
   */
  async #converse(part: LoginPart): Promise<RemoteHasher | undefined> {
    const { job: { options }, observer, hosts } = this.#context;
    const settings = hosts.sshFor(this.#location);
    const key = `seacp-${crypto.randomUUID()}`;
    const command = hashCommand(key, this.#options.operands);
    const isSilent = neverPrompts(part);
    const ssh = this.#ssh = startSsh(
      {
        location: this.#location,
        program: options.ssh.program,
        args: sshArguments(settings, this.#location, command, part),
        command: "sh, which hashes files",
        service: "shell",
        isOutOfReach: isSilent,
      },
      { observer: isSilent ? laterObserver(observer, options) : observer },
      this.#options.interrupted,
    );
    await ssh.channel.write(HASH_PROBE);
    await ssh.channel.flush();
    const sign = await ssh.awaitFirstOutput(PATIENCE);
    if (sign !== "spoke") throw new SessionError(NO_COMMANDS);
    await skipBanner(ssh.channel, key, BANNER_MILLISECONDS);
    return await RemoteHasher.begin(ssh.channel);
  }

  /** Ends its ssh. */
  async end(): Promise<void> {
    await this.#begun;
    if (this.#ssh === undefined) return;
    await using ssh = this.#ssh;
    await ssh.end({ isWhole: false, graceMilliseconds: CLOSE_MILLISECONDS });
  }
}
