import type { Channel } from "../channel/channel.ts";
import { ProtocolError, SessionError } from "../errors.ts";
import { decodeName } from "../names/name_bytes.ts";
import type { DataReceiver } from "./data_receiver.ts";
import { ExactReader } from "./exact_reader.ts";
import { type EarlyRequest, earlyRequests } from "./early_requests.ts";
import { readHandshake } from "./handshake.ts";
import { isLook, type LookRequest, LooksAhead } from "./looks_ahead.ts";
import { OpenHandles } from "./open_handles.ts";
import { AwaitedResponse, type OutcomeListener } from "./outcomes.ts";
import { RequestQueue } from "./request_queue.ts";
import { type PendingRequest, ResponseReceiver } from "./response_receiver.ts";
import { RoundTrips } from "./round_trips.ts";
import type { Handshake } from "./wire/banner.ts";
import { WireWriter } from "./wire/bytes.ts";
import {
  Extension,
  keepsOrder,
  parseLimits,
  type ServerLimits,
} from "./wire/extended_packets.ts";
import type { Handle } from "./wire/handle_packets.ts";
import { formatInit } from "./wire/init_packets.ts";
import { formatRequest, type Request } from "./wire/requests.ts";
import type { Response } from "./wire/response_packets.ts";

/** Default patience with a banner, in milliseconds. */
const PATIENCE_MILLISECONDS = 10_000;

/** Settings of a session. */
export interface SftpSessionOptions {
  /**
   * Time from the first byte of a banner to the end of the server's first
   * packet, in milliseconds.
   *
   * @default 10 seconds.
   */
  readonly patience?: number;
  /**
   * Sends no request before the last one is answered.
   *
   * @default {false}
   */
  readonly lockstep?: boolean;
  /**
   * Looks that it begins with, which leave right behind the request for a session,
   * with one for the server's limits: an OpenSSH's takes them there. Whoever asks for
   * them on another server asks anew.
   *
   * @default {[]} Then nothing is asked before the server has spoken.
   */
  readonly looks?: readonly LookRequest[];
}

/**
 * SFTP session over a channel. Any number of requests may be in flight at once;
 * each response finds its own, in whatever order they come. One error ends the
 * session, and every request from then on throws it.
 */
export class SftpSession {
  /** Extensions that the server offers: the data of each, by its name. */
  readonly extensions: ReadonlyMap<string, string>;
  /** Output before the server's first packet; usually empty. */
  readonly banner: string;
  /** Resolves once the session has ended and nothing more is read. */
  readonly ended: Promise<void>;
  /** True where no request is sent before the last one is answered. */
  readonly isLockstep: boolean;
  /** True where the server is known to carry out one request after the other. */
  readonly keepsOrder: boolean;
  /** True where data that come from a file are best taken from the file itself. */
  readonly takesParts: boolean;
  /** Handles that are open on the server. */
  readonly handles = new OpenHandles();
  readonly #queue: RequestQueue;
  readonly #pending = new Map<number, PendingRequest>();
  readonly #ahead = new LooksAhead((handle) => this.#closeUnused(handle));
  readonly #roundTrips = new RoundTrips();
  /** Response to a request for limits that was sent ahead; absent where none was. */
  #earlyLimits: Promise<Response> | undefined;
  #limits: Promise<ServerLimits | undefined> | undefined;
  #lastId = 0;
  #failure: Error | undefined;

  private constructor(
    channel: Channel,
    { banner, server, rest }: Handshake,
    { lockstep = false }: SftpSessionOptions,
    early: readonly EarlyRequest[],
  ) {
    this.isLockstep = lockstep;
    this.takesParts = channel.writeFrom !== undefined;
    this.#queue = new RequestQueue(channel, lockstep ? 1 : Infinity);
    this.banner = decodeName(banner);
    this.extensions = server.extensions;
    this.keepsOrder = keepsOrder(server.extensions);
    for (const request of early) this.#expectEarly(request);
    // Some other server may have dropped what came before it was ready.
    if (!this.keepsOrder) this.#ahead.clear();
    this.ended = this.#receiveAll(new ExactReader(channel, rest));
  }

  /** True while requests can still be answered. */
  get isAlive(): boolean {
    return this.#failure === undefined;
  }

  /**
   * Begins a session, whatever a login shell prints before. Closing the channel
   * meanwhile ends it with a `SessionError`.
   *
   * @throws {ProtocolError} If the output is no server's, or the server speaks
   * another version.
   * @throws {SessionError} If nothing comes, or the connection is lost.
   */
  static async begin(
    channel: Channel,
    options: SftpSessionOptions = {},
  ): Promise<SftpSession> {
    const { patience = PATIENCE_MILLISECONDS, lockstep, looks = [] } = options;
    const early = lockstep ? [] : earlyRequests(looks);
    await channel.write(formatInit());
    const writer = new WireWriter();
    for (const [index, request] of early.entries()) {
      await channel.write(formatRequest(index + 1, request, writer));
    }
    await channel.flush();
    const asked = early.length;
    const handshake = await readHandshake(channel, { patience, asked });
    return new SftpSession(channel, handshake, options, early);
  }

  /**
   * Shortest time that an answer took so far, in milliseconds; `undefined` before the
   * first one.
   */
  get roundTrip(): number | undefined {
    return this.#roundTrips.shortest;
  }

  /**
   * Sends a request and resolves to its response, of whichever kind.
   *
   * @param receiver Takes the data that a READ asks for. An error that it throws
   * is thrown here, and the rest of the data is dropped.
   * @throws {EntryError} If a path in it stands for no bytes.
   * @throws {ProtocolError} If the server broke the protocol, now or before.
   * @throws {SessionError} If the connection is lost.
   */
  request(request: Request, receiver?: DataReceiver): Promise<Response> {
    if (isLook(request)) {
      return this.#ahead.take(request) ?? this.#send(request);
    }
    // What was looked at may be another one from now on.
    this.#ahead.clear();
    return this.#send(request, receiver);
  }

  /**
   * Asks for what is likely to be asked for soon, all in one flight: the first such
   * request gets the response of this one, and costs no round trip. Any request that
   * is no look makes the responses that are left useless.
   */
  askAhead(looks: readonly LookRequest[]): void {
    if (this.isLockstep) return;
    for (const look of looks) {
      if (!this.#ahead.has(look)) this.#ahead.add(look, this.#send(look));
    }
  }

  /** Takes up a request that was sent before the server had spoken. */
  #expectEarly(request: EarlyRequest): void {
    const outcome = new AwaitedResponse();
    this.#queue.sent();
    this.#expect(this.#nextId(), request, outcome, 0);
    const { response } = outcome;
    // Whoever asks for the limits gets the failure.
    response.catch(() => {});
    if (isLook(request)) this.#ahead.add(request, response);
    else this.#earlyLimits = response;
  }

  /**
   * Sends a request that is no look, whose outcome a listener takes: at once where the
   * session has failed. A promise for each would cost a tree of small files more than
   * the packet does.
   *
   * @param place Number that the listener knows it by.
   */
  requestFor(
    listener: OutcomeListener,
    place: number,
    request: Request,
    receiver?: DataReceiver,
  ): void {
    this.#ahead.clear();
    this.#sendFor(listener, place, request, receiver);
  }

  /** Closes a handle that nobody took; a session that fails closes it, too. */
  #closeUnused(handle: Handle): void {
    this.#send({ kind: "close", handle }).catch(() => {});
  }

  #send(request: Request, receiver?: DataReceiver): Promise<Response> {
    const outcome = new AwaitedResponse();
    this.#sendFor(outcome, 0, request, receiver);
    return outcome.response;
  }

  #sendFor(
    listener: OutcomeListener,
    place: number,
    request: Request,
    receiver?: DataReceiver,
  ): void {
    if (this.#failure !== undefined) {
      return listener.settle(this.#failure, place);
    }
    const id = this.#nextId();
    try {
      this.#queue.push(id, request);
    } catch (error) {
      return listener.settle(error as Error, place);
    }
    this.#roundTrips.sent(id);
    this.#expect(id, request, listener, place, receiver);
  }

  #expect(
    id: number,
    request: Request,
    listener: OutcomeListener,
    place: number,
    receiver?: DataReceiver,
  ): void {
    const opens = request.kind === "open" || request.kind === "opendir";
    if (opens) this.handles.requested();
    if (request.kind === "close") this.handles.closing(request.handle);
    this.#pending.set(id, {
      receiver,
      isDropped: false,
      opens,
      listener,
      place,
    });
  }

  /** Reads as much of a file as a receiver takes; the response says how much. */
  read(
    handle: Handle,
    receiver: DataReceiver,
    offset: number,
  ): Promise<Response> {
    const length = receiver.most;
    return this.request({ kind: "read", handle, offset, length }, receiver);
  }

  /** Asks for the server's limits, once; `undefined` where it has no answer. */
  limits(): Promise<ServerLimits | undefined> {
    return this.#limits ??= this.#requestLimits();
  }

  async #requestLimits(): Promise<ServerLimits | undefined> {
    if (!this.extensions.has(Extension.LIMITS)) return undefined;
    const asked = this.#earlyLimits ?? this.#send({ kind: "limits" });
    const response = await asked;
    if (response.kind !== "extended") return undefined;
    return this.decode(() => parseLimits(response.body));
  }

  /**
   * Decodes the content of a response. One that cannot be decoded ends the
   * session.
   *
   * @throws {ProtocolError} In that case.
   */
  decode<T>(parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      if (error instanceof ProtocolError) this.#fail(error);
      throw error;
    }
  }

  /** Ends the session over a response of the wrong kind; gives the error. */
  violation(response: Response): ProtocolError {
    const error = new ProtocolError(
      `protocol error: what was asked is not answered by ${response.kind}`,
    );
    this.#fail(error);
    return error;
  }

  #nextId(): number {
    this.#lastId = (this.#lastId + 1) % 2 ** 32;
    return this.#lastId;
  }

  async #receiveAll(reader: ExactReader): Promise<void> {
    const queue = this.#queue;
    const isAlive = () => this.isAlive;
    const responses = new ResponseReceiver(reader, {
      get inFlight() {
        return queue.inFlight;
      },
      get isAlive() {
        return isAlive();
      },
      pendingRequest: (id) => this.#pending.get(id),
      answer: (id, pending, response) => this.#answer(id, pending, response),
    });
    try {
      await responses.receiveAll();
      this.#fail(new SessionError("lost connection"));
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #answer(id: number, pending: PendingRequest, response: Response): void {
    if (pending.opens) {
      this.handles.answered(
        response.kind === "handle" ? response.handle : undefined,
      );
    }
    this.#pending.delete(id);
    this.#roundTrips.answered(id);
    this.#queue.answered();
    if (!pending.isDropped) pending.listener.settle(response, pending.place);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    // Rejected requests give the data of a WRITE back to their owners.
    this.#queue.clear();
    for (const { listener, place, isDropped } of this.#pending.values()) {
      if (!isDropped) listener.settle(this.#failure, place);
    }
    this.#pending.clear();
  }
}
