import { SessionError } from "../errors.ts";
import type { SpreadFile } from "./request_sender.ts";
import type { DataReceiver } from "./data_receiver.ts";
import type { SftpSession } from "./session.ts";
import type { Handle } from "./wire/handle_packets.ts";
import type { Request } from "./wire/requests.ts";
import type { Response } from "./wire/response_packets.ts";
import { Status } from "./wire/status.ts";

/** Session that has a file open. */
export interface Lane {
  readonly session: SftpSession;
  /** The file's handle in this session. */
  readonly handle: Handle;
}

/** Request about an open file, for whichever lane. */
export type LaneRequest = Extract<Request, { readonly handle: Handle }>;

/** Requests that move a file's data. */
const DATA_KINDS: readonly LaneRequest["kind"][] = [
  "read",
  "write",
  "write-from",
];

interface BusyLane extends Lane {
  /** Reads and writes in flight. */
  inFlight: number;
}

/**
 * Lanes of one open file, each on a session of its own. Every read and write goes
 * over the one with the fewest in flight; where a lane is lost, over another one:
 * doing either twice does no harm.
 */
export class Lanes {
  readonly #most: number;
  readonly #interrupted: AbortSignal;
  #lanes: readonly BusyLane[] = [];
  #isClosed = false;
  /** Resolves when a lane has room; requests wait for it in their order. */
  #line: Promise<void> = Promise.resolve();
  #freed = Promise.withResolvers<void>();
  readonly #free = () => this.#freed.resolve();

  constructor(
    first: Lane,
    { blocks, interrupted }: Pick<SpreadFile, "blocks" | "interrupted">,
  ) {
    this.#most = blocks;
    this.#interrupted = interrupted;
    interrupted.addEventListener("abort", this.#free);
    this.add(first);
  }

  /** True from the request to close the file on. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Lanes that are left, the oldest one first. */
  get all(): readonly Lane[] {
    return this.#lanes;
  }

  /** Adds a lane. */
  add(lane: Lane): void {
    this.#lanes = [...this.#lanes, { ...lane, inFlight: 0 }];
    this.#free();
  }

  /**
   * Sends a request about the file.
   *
   * @throws {SessionError} If no lane is left.
   * @throws The reason of an interrupt, before it is sent.
   */
  async request(
    request: LaneRequest,
    receiver?: DataReceiver,
  ): Promise<Response> {
    if (request.kind === "close") return await this.#close();
    const movesData = DATA_KINDS.includes(request.kind);
    if (movesData) await this.#awaitTurn();
    const lane = movesData ? this.#leastBusy : this.#lanes[0]!;
    lane.inFlight++;
    try {
      const { session, handle } = lane;
      return await session.request({ ...request, handle }, receiver);
    } catch (error) {
      if (!this.#isLost(lane, error)) throw error;
    } finally {
      lane.inFlight--;
      this.#free();
    }
    return await this.request(request, receiver);
  }

  get #leastBusy(): BusyLane {
    return this.#lanes.reduce((least, lane) =>
      lane.inFlight < least.inFlight ? lane : least
    );
  }

  /** Waits in line; an interrupt ends all that wait. */
  #awaitTurn(): Promise<void> {
    return this.#line = this.#line.then(() => this.#awaitRoom());
  }

  async #awaitRoom(): Promise<void> {
    while (this.#leastBusy.inFlight >= this.#most) {
      this.#freed = Promise.withResolvers();
      await this.#freed.promise;
      this.#interrupted.throwIfAborted();
    }
  }

  /** Takes a lane away that is lost; tells whether another one is left. */
  #isLost(lane: BusyLane, error: unknown): boolean {
    if (!(error instanceof SessionError)) return false;
    const others = this.#lanes.filter((each) => each !== lane);
    if (others.length === 0) return false;
    this.#lanes = others;
    return true;
  }

  /** Closes all lanes; gives the first response that is no success. */
  async #close(): Promise<Response> {
    this.#isClosed = true;
    this.#interrupted.removeEventListener("abort", this.#free);
    const closing = this.#lanes.map(({ session, handle }) =>
      session.request({ kind: "close", handle })
    );
    const responses = (await Promise.allSettled(closing))
      .filter((outcome) => outcome.status === "fulfilled")
      .map(({ value }) => value);
    const failed = responses.find((response) =>
      response.kind !== "status" || response.code !== Status.OK
    );
    return failed ?? responses[0] ?? await closing[0]!;
  }
}
