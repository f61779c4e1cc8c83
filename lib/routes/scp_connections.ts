import {
  asConnectionFailure,
  type ConnectionFailure,
  ProtocolError,
  SessionError,
} from "../errors.ts";
import { Tally } from "../events/tally.ts";
import type { Source } from "../scp/source.ts";
import { isWhole, UploadQueue, type UploadUnit } from "../scp/upload_units.ts";
import type { LoginPart } from "../ssh/arguments.ts";
import { ConnectionStarter, laterObserver } from "./connection_starter.ts";
import { RemoteScp } from "./remote_scp.ts";
import type { ScpRequest } from "./scp_request.ts";
import type { SessionContext } from "./route.ts";
import { type EndedScp, ScpExits } from "./scp_exits.ts";
import { awaitFirstOutput } from "./session_start.ts";

/** Upload that several connections can make. */
export interface SharedUpload {
  readonly units: readonly UploadUnit[];
  /** Part of each ssh after the first one. */
  readonly part: LoginPart;
  /** Connections that it has work for, the first one included. */
  readonly width: number;
  /** Gives the request for another sink. */
  requestFor(part: LoginPart): ScpRequest;
  /**
   * Gives the source for a sink that was started.
   *
   * @throws {ConnectionFailure} If the sink refuses its target.
   */
  sourceFor(scp: RemoteScp): Promise<Source>;
}

/** Connection that was lost inside the copy. */
interface LostScp extends EndedScp {
  readonly failure: ConnectionFailure;
  /** Units that came back from it. */
  readonly units: readonly UploadUnit[];
}

/** Result of an upload over several connections. */
export interface SharedResult {
  /** Failure of the first connection, where no other one has made it good. */
  readonly failure?: ConnectionFailure;
  /** True where the first connection was lost, and others have made the copy. */
  readonly isReplaced: boolean;
  /** Units that no connection came to. */
  readonly left: readonly UploadUnit[];
}

/**
 * Connections that make one upload over SCP, each with a sink and a source of its
 * own, which take units from one queue. One that is lost gives its units back.
 */
export class ScpConnections {
  readonly #first: RemoteScp;
  readonly #context: SessionContext;
  readonly #upload: SharedUpload;
  readonly #queue: UploadQueue;
  readonly #exits: ScpExits;
  readonly #starter: ConnectionStarter;
  /** Connections after the first one that are not lost. */
  readonly #others = new Set<RemoteScp>();
  readonly #serving = new Set<Promise<void>>();
  readonly #lost: LostScp[] = [];
  readonly #sessions = new AsyncDisposableStack();

  constructor(
    first: RemoteScp,
    upload: SharedUpload,
    context: SessionContext,
  ) {
    this.#first = first;
    this.#upload = upload;
    this.#context = context;
    this.#queue = new UploadQueue(upload.units);
    this.#exits = new ScpExits(context);
    const sizeNow = () => this.#size;
    this.#starter = new ConnectionStarter({
      host: first.location.host,
      part: upload.part,
      interrupted: context.job.interrupted,
      get size() {
        return sizeNow();
      },
      start: (part, signal) => this.#start(part, signal),
    }, context);
  }

  /** Connections that are up. */
  get #size(): number {
    const isLost = this.#lost.some(({ scp }) => scp === this.#first);
    return this.#others.size + (isLost ? 0 : 1);
  }

  /**
   * Makes the upload, and sees all connections but the first one to their end.
   *
   * @param source Source for the first connection.
   */
  async run(source: Source): Promise<SharedResult> {
    await using _sessions = this.#sessions;
    const failuresBefore = this.#context.observer.failures;
    const serving = this.#serve(this.#first, source);
    this.#starter.want(this.#upload.width);
    await serving;
    await Promise.race([this.#queue.over, this.#awaitOthers()]);
    await this.#starter.end();
    await this.#awaitOthers();
    await this.#endOthers(failuresBefore);
    const first = this.#lost.find(({ scp }) => scp === this.#first);
    const { isOver } = this.#queue;
    return {
      ...(first === undefined || isOver ? {} : { failure: first.failure }),
      isReplaced: first !== undefined && isOver,
      left: this.#queue.waiting.filter(({ files }) => files.size === 0),
    };
  }

  /** Waits until no other connection sends or may still come. */
  async #awaitOthers(): Promise<void> {
    while (this.#starter.isStarting || this.#serving.size > 0) {
      await this.#starter.settle();
      await Promise.all(this.#serving);
    }
  }

  /** Sends units over one connection until the copy is over, or it is lost. */
  async #serve(scp: RemoteScp, source: Source): Promise<void> {
    let taken: UploadUnit[] = [];
    this.#queue.join();
    try {
      do {
        for (let unit; (unit = this.#queue.take()) !== undefined;) {
          taken.push(unit);
          await source.sendUnit(unit);
          while (taken.length > 0 && isWhole(taken[0]!)) taken.shift();
        }
        await source.end();
        taken = [];
      } while (await this.#queue.more());
    } catch (error) {
      const failure = asConnectionFailure(error);
      const units = taken.filter((unit) => !isWhole(unit));
      await this.#lose(scp, { failure, units });
    }
  }

  async #lose(
    scp: RemoteScp,
    { failure, units }: Pick<LostScp, "failure" | "units">,
  ): Promise<void> {
    this.#others.delete(scp);
    this.#lost.push({ scp, failure, units });
    this.#context.observer.report({
      kind: "verbose",
      message: () => `${scp.location.host}: ${failure.message}`,
    });
    await this.#starter.warnOfLoss();
    this.#queue.giveBack(units);
  }

  /** @throws {ConnectionFailure} If no sink comes that is in the same place. */
  async #start(part: LoginPart, signal: AbortSignal): Promise<void> {
    const { observer, job: { options } } = this.#context;
    const context = {
      ...this.#context,
      observer: new Tally(laterObserver(observer, options)),
    };
    await using starting = new AsyncDisposableStack();
    const request = this.#upload.requestFor(part);
    const scp = starting.use(new RemoteScp(request, context, signal));
    if (scp.isScripted) await prepare(scp);
    else {
      await scp.skipBanner();
      await awaitSpeech(scp);
    }
    const source = await this.#upload.sourceFor(scp);
    if (this.#starter.isOver) return;
    this.#sessions.use(starting.move());
    this.#others.add(scp);
    const serving = this.#serve(scp, source).then(() => {
      this.#serving.delete(serving);
    });
    this.#serving.add(serving);
  }

  /** Reports the exits of the connections after the first one. */
  async #endOthers(failuresBefore: number): Promise<void> {
    await Promise.all(
      Array.from(
        this.#others,
        (scp) =>
          this.#exits.report([{ scp, failure: undefined }], failuresBefore),
      ),
    );
    for (const { scp, failure, units } of this.#lost) {
      if (scp === this.#first || units.every(isWhole)) continue;
      if (this.#queue.isOver) continue;
      await this.#exits.report([{ scp, failure }], failuresBefore);
    }
  }
}

/** Has the directory script make the links of a sink whose target is there. */
async function prepare(scp: RemoteScp): Promise<void> {
  await awaitSpeech(scp);
  const state = await scp.prepareDirectories();
  if (state !== "ready" || scp.prepared?.isThere !== true) {
    throw new ProtocolError("its directories could not be prepared");
  }
}

/** @throws {SessionError} If the remote says nothing. */
async function awaitSpeech({ session }: RemoteScp): Promise<void> {
  const sign = await awaitFirstOutput(session, { mayChange: false }, {});
  if (sign !== "spoke") throw new SessionError("the remote said nothing");
}
