import type { Channel } from "../channel/channel.ts";
import {
  formatRead,
  formatWrite,
  parseWritten,
  READY,
  type RestPlace,
  type WrittenRest,
} from "../digest/file_rest.ts";
import { readText } from "../digest/remote_hasher.ts";
import {
  asConnectionFailure,
  asEntryError,
  EntryError,
  isConnectionFailure,
  SessionError,
  withPath,
} from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { RemoteLocation } from "../location/location.ts";
import { decodeName } from "../names/name_bytes.ts";
import type { LoginPart } from "../ssh/arguments.ts";
import { HostScript, NO_COMMANDS } from "./host_script.ts";
import type { LoginPlans } from "./login_plan.ts";
import type { RouteContext } from "./route.ts";
import { dialogueFailures } from "./session_failure.ts";
import { pacedChannel, reportExit } from "./session_start.ts";

/** Longest answer to a rest that was written, in bytes. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Status of the script where less of a file is there than was said. */
const LESS_THERE = 9;

/** Host whose files go on, and the way to log in to it once more. */
export interface RestHost {
  readonly location: RemoteLocation;
  /** Operand of its script, as the remote shell is given it. */
  readonly operand: string;
  /** Gives the part of an ssh, which may ask. */
  findPart(): Promise<LoginPart>;
}

/**
 * Gives the host at a location. Each ssh asks once more where it has to.
 *
 * @param operand Operand of the script, as the remote shell is given it.
 */
export function restHost(
  operand: string,
  location: RemoteLocation,
  plans: Pick<LoginPlans, "partBeside">,
): RestHost {
  return {
    location,
    operand,
    findPart: async () =>
      await plans.partBeside(location, undefined) ?? { kind: "first" },
  };
}

/** File whose rest moves. */
export interface RestFile {
  /** Path of the file here. */
  readonly path: string;
  /** Name of the file on the host in messages. */
  readonly name: string;
  readonly place: RestPlace;
  /** Bytes that are there. */
  readonly at: number;
}

/**
 * Session that moves the rest of one file: an ssh of its own, since nothing may follow
 * what is written.
 */
export class RestSession implements AsyncDisposable {
  readonly #script: HostScript;
  readonly #host: RestHost;
  readonly #context: RouteContext;

  private constructor(
    script: HostScript,
    host: RestHost,
    context: RouteContext,
  ) {
    this.#script = script;
    this.#host = host;
    this.#context = context;
  }

  /** Channel to the script, at the rate that the user allows. */
  get channel(): Channel {
    return pacedChannel(this.#script.ssh.channel, this.#context);
  }

  /**
   * Runs a step in a session of its own, and reports a connection that fails.
   *
   * @returns False where it failed.
   * @throws {EntryError} If the file itself fails.
   */
  static async run(
    { path }: RestFile,
    host: RestHost,
    context: RouteContext,
    step: (session: RestSession) => Promise<void>,
  ): Promise<boolean> {
    const { location, operand } = host;
    const part = await host.findPart();
    const { interrupted } = context.job;
    const script = new HostScript(location, context, {
      operands: operand,
      part,
      interrupted,
    });
    await using session = new RestSession(script, host, context);
    try {
      await step(session);
      return true;
    } catch (error) {
      const failure = asConnectionFailure(error);
      await session.#report(withPath(path, failure));
      return false;
    }
  }

  async #report(error: unknown): Promise<void> {
    const { location } = this.#host;
    const { hosts, job, observer } = this.#context;
    const { ssh } = this.#script;
    ssh.showHeld();
    const status = await ssh.end({ isWhole: false });
    const events = dialogueFailures(asConnectionFailure(error), {
      protocol: "scp",
      location,
      isNamed: !hosts.mayChange,
      isInterrupted: job.interrupted.aborted,
      status,
      lockstep: true,
      hasSeveral: false,
      hasReported: false,
    });
    reportExit(observer, location, { events, endsSession: true });
  }

  /**
   * Has the host send the rest of a file: the next bytes of the channel.
   *
   * @throws {EntryError} If the host does not find the file.
   * @throws {ConnectionFailure} If the session fails.
   */
  async beginRead({ name, place, at }: RestFile): Promise<void> {
    await this.#begin(name, formatRead(place, at));
  }

  /**
   * Has the host take the rest of a file: what is written to the channel.
   *
   * @throws {EntryError} If less than the beginning is there.
   * @throws {ConnectionFailure} If the session fails.
   */
  async beginWrite({ name, place, at }: RestFile): Promise<void> {
    await this.#begin(name, formatWrite(place, at));
  }

  async #begin(name: string, request: Uint8Array): Promise<void> {
    if (await this.#script.begin() === undefined) {
      throw new SessionError(NO_COMMANDS);
    }
    const { channel } = this.#script.ssh;
    await channel.write(request);
    const sign = await readText(channel).catch((error) => {
      if (error instanceof SessionError) return undefined;
      throw error;
    });
    if (sign?.trimEnd() === READY) return;
    await this.#expectExit(LESS_THERE);
    throw new EntryError(`${name}: it has changed meanwhile`);
  }

  /**
   * Ends the input, and reads what became of it.
   *
   * @throws {SessionError} If the connection is lost.
   */
  async endWrite(): Promise<WrittenRest> {
    const { channel } = this.#script.ssh;
    await channel.close();
    let answer = "";
    while (answer.length < MAX_ANSWER_BYTES) {
      const part = await channel.read(MAX_ANSWER_BYTES).catch(lost);
      if (part.length === 0) break;
      answer += decodeName(part);
    }
    const written = parseWritten(answer);
    if (written === undefined) throw new SessionError("lost connection");
    return written;
  }

  /**
   * Reads at most so many bytes of a rest; gives none where it has ended.
   *
   * @throws {ConnectionFailure} If the session fails.
   */
  async read(most: number): Promise<Uint8Array> {
    if (most === 0) return new Uint8Array();
    const { channel } = this;
    const limit = Math.min(most, channel.blockBytes);
    return await channel.read(limit, { soon: limit }).catch(lost);
  }

  /**
   * Checks that nothing follows a rest that has come.
   *
   * @throws {EntryError} If more follows.
   */
  async checkEnd({ name }: RestFile): Promise<void> {
    if ((await this.channel.read(1).catch(lost)).length === 0) return;
    throw new EntryError(`${name}: the file grew while it was read`);
  }

  /**
   * Gives the failure of a rest that ended too early.
   *
   * @throws {SessionError} If the connection was lost.
   */
  async failureOfShort({ name }: RestFile): Promise<EntryError> {
    await this.#expectExit(0);
    return new EntryError(`${name}: the file shrank while it was read`);
  }

  /** @throws {SessionError} If the script did not end by itself, with this status. */
  async #expectExit(status: number): Promise<void> {
    const { code } = await this.#script.ssh.end({ isWhole: false });
    if (code !== status) throw new SessionError("lost connection");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#script.ssh[Symbol.asyncDispose]();
  }
}

/**
 * Moves the rests of some files, one after the other, since each ssh may ask.
 *
 * @param move Moves a rest in a session of its own; throws an `EntryError` if that file
 * fails.
 */
export async function moveRests<R extends RestFile>(
  rests: readonly R[],
  host: RestHost,
  context: RouteContext,
  move: (session: RestSession, rest: R) => Promise<void>,
): Promise<void> {
  const { job: { interrupted }, observer } = context;
  for (const [at, rest] of rests.entries()) {
    if (interrupted.aborted) return reportLeft(rests.slice(at), observer);
    try {
      const isOver = await RestSession.run(
        rest,
        host,
        context,
        (session) => move(session, rest),
      );
      if (!isOver) return reportLeft(rests.slice(at + 1), observer);
    } catch (error) {
      const message = isConnectionFailure(error)
        ? `${rest.name}: ${error.message}`
        : asEntryError(error).message;
      observer.report({ kind: "failure", message, path: rest.path });
    }
  }
}

/** Reports files whose rests do not move, since the connection failed. */
export function reportLeft(
  rests: readonly RestFile[],
  observer: Observer,
): void {
  for (const { path } of rests) {
    const message = `${path}: it does not go on`;
    observer.report({ kind: "failure", message, path });
  }
}

/** For a `catch`: takes a lost connection for the end of the stream. */
function lost(error: unknown): Uint8Array {
  if (error instanceof SessionError) return new Uint8Array();
  throw error;
}
