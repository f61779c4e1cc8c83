import { asConnectionFailure, EntryError } from "../errors.ts";
import type { GivenAttributes } from "../digest/given_attributes.ts";
import type { HashRequest } from "../digest/hash_script.ts";
import type { RemoteHasher } from "../digest/remote_hasher.ts";
import type { Digest, Digester, DigestOptions } from "../filesystem/digest.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { LoginPart } from "../ssh/arguments.ts";
import type { SshEnd, SshSession } from "../ssh/session.ts";
import { HostScript, NO_COMMANDS } from "./host_script.ts";
import type { SessionContext } from "./route.ts";
import { hasEachHashed, hasFilesHashed } from "./verified_copy.ts";

/** Longest wait for the script to end, in milliseconds. */
const CLOSE_MILLISECONDS = 2000;

/** Status by which ssh tells that it failed itself. */
const SSH_FAILED = 255;

/** Line of an ssh that got no session (MaxSessions), of its own or of a shared login. */
const SESSION_REFUSED =
  /Session open refused by peer|^channel \d+: open failed: /;

/** Answer of a host about a file, as in `HashAnswers`. */
export type HostAnswer =
  | { readonly kind: "answer"; readonly answer: string }
  | Extract<Digest, { readonly kind: "unavailable" }>;

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
  #isLost = false;

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

  /** Gives the reason why nothing is told of files; empty where it is. */
  async reason(): Promise<string> {
    const hasher = await this.#hasher();
    return typeof hasher === "string" ? hasher : "";
  }

  /** Tells whether its connection could not be made, or was lost. */
  async wasLost(): Promise<boolean> {
    const hasher = await this.#hasher();
    if (typeof hasher !== "string") return this.#isLost;
    const end = this.#ssh && await endOf(this.#ssh);
    return end?.code === SSH_FAILED;
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
    const answer = await this.#ask(request);
    return answer.kind === "answer"
      ? { kind: "hash", hash: answer.answer }
      : answer;
  }

  /**
   * Has the length of a file told, in bytes as digits; `-` where there is none.
   *
   * @throws {EntryError} If the file cannot be read there.
   */
  async size(place: Pick<HashRequest, "path" | "base">): Promise<HostAnswer> {
    return await this.#ask({ ...place, asks: "size" });
  }

  /**
   * Has a file get attributes.
   *
   * @throws {EntryError} If they cannot be set there.
   */
  async give(
    place: Pick<HashRequest, "path" | "base">,
    attributes: GivenAttributes,
  ): Promise<HostAnswer> {
    return await this.#ask({ ...place, asks: attributes });
  }

  async #ask(request: HashRequest): Promise<HostAnswer> {
    const hasher = await this.#hasher();
    if (typeof hasher === "string") {
      return { kind: "unavailable", reason: hasher };
    }
    try {
      const answer = await hasher.ask(request);
      if (answer !== undefined) return { kind: "answer", answer };
    } catch (error) {
      if (error instanceof EntryError) throw error;
      asConnectionFailure(error);
      this.#isLost = true;
      const reason = "the session that hashes was lost";
      return { kind: "unavailable", reason };
    }
    const flaw = typeof request.asks === "object"
      ? "its mode and times cannot be set"
      : "it cannot be read";
    throw new EntryError(`${this.#location.host}: ${request.path}: ${flaw}`);
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
      return this.#ssh === undefined ? message : await whyNot(this.#ssh);
    }
  }

  /**
   * @throws {SessionError} If ssh cannot be started, or ends.
   * @throws {ProtocolError} If no script answers.
   */
  async #converse(part: LoginPart): Promise<RemoteHasher | undefined> {
    const { operands, interrupted } = this.#options;
    const script = new HostScript(this.#location, this.#context, {
      operands,
      part,
      interrupted,
    });
    this.#ssh = script.ssh;
    return await script.begin();
  }

  /** Ends its ssh. */
  async end(): Promise<void> {
    await this.#begun;
    if (this.#ssh === undefined) return;
    await using ssh = this.#ssh;
    await endOf(ssh);
  }
}

/** Ends an ssh, and waits a while for it. */
function endOf(ssh: SshSession): Promise<SshEnd> {
  return ssh.end({ isWhole: false, graceMilliseconds: CLOSE_MILLISECONDS });
}

/** Gives the reason why no script answered over an ssh, which is ended. */
async function whyNot(ssh: SshSession): Promise<string> {
  await endOf(ssh);
  return ssh.stderrLines.some((line) => SESSION_REFUSED.test(line))
    ? "the server opens no other session"
    : NO_COMMANDS;
}
