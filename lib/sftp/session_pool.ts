import { LostFileError, SessionError } from "../errors.ts";
import type { OutcomeListener } from "./outcomes.ts";
import { type Lane, type LaneRequest, Lanes } from "./lanes.ts";
import type { RequestSender, SpreadFile } from "./request_sender.ts";
import { wasDone } from "./repeated_requests.ts";
import type { DataReceiver } from "./data_receiver.ts";
import type { SftpSession } from "./session.ts";
import type { WireAttributes } from "./wire/attributes.ts";
import type { Handle } from "./wire/handle_packets.ts";
import type { OpeningRequest } from "./wire/open_packets.ts";
import type { Request } from "./wire/requests.ts";
import type { Response } from "./wire/response_packets.ts";
import { Status } from "./wire/status.ts";

/** Settings of a pool. */
export interface SessionPoolOptions {
  /** Most sessions. */
  readonly width: number;
  /**
   * Called where so many sessions would have work now; they may be added later, or
   * never.
   */
  onDemand(sessions: number): void;
  /** Called when a session was lost while others are left. */
  onLost(session: SftpSession): void;
}

interface Member {
  readonly session: SftpSession;
  /** Handles that were asked for and not closed. */
  open: number;
}

/** Owner of a handle. */
type Owner = Member | Lanes;

/** Requests that make, remove or rename an entry. */
const NAMING: readonly Request["kind"][] = [
  "mkdir",
  "remove",
  "symlink",
  "posix-rename",
];

/**
 * Sessions with one server, as one. Requests about paths go to the oldest session,
 * in their order; each file and directory is opened in the one that has the fewest
 * open, once the names before it are made. A session that is lost leaves its work
 * to the others, and the last one's failure is the pool's.
 */
export class SessionPool implements RequestSender {
  readonly width: number;
  readonly handles: RequestSender["handles"];
  readonly #options: SessionPoolOptions;
  readonly #owners = new WeakMap<Handle, Owner>();
  /** Files that several sessions carry, and each one's opener. */
  readonly #spread = new Map<
    Lanes,
    { readonly file: SpreadFile; readonly opener: Member }
  >();
  #members: readonly Member[];
  /** Resolves when the entries asked for so far are made, removed or renamed. */
  #named: Promise<unknown> = Promise.resolve();

  constructor(first: SftpSession, options: SessionPoolOptions) {
    this.width = options.width;
    this.#options = options;
    this.#members = [{ session: first, open: 0 }];
    const live = () => this.#live;
    this.handles = {
      get count() {
        return live().reduce(
          (sum, { session }) => sum + session.handles.count,
          0,
        );
      },
    };
    this.#watch(first);
  }

  get extensions(): SftpSession["extensions"] {
    return this.#first.session.extensions;
  }

  /** As of each session: a handle belongs to one. */
  get keepsOrder(): boolean {
    return this.#first.session.keepsOrder;
  }

  get takesParts(): boolean {
    return this.#first.session.takesParts;
  }

  get isLockstep(): boolean {
    return this.#first.session.isLockstep;
  }

  /** True while a session is left. */
  get isAlive(): boolean {
    return this.#live.length > 0;
  }

  /** Number of sessions that are left. */
  get size(): number {
    return this.#live.length;
  }

  /** Adds a session, which files that are spread are opened in. */
  add(session: SftpSession): void {
    const member = { session, open: 0 };
    this.#members = [...this.#live, member];
    for (const [lanes, { file }] of this.#spread) {
      this.#widen(lanes, file, member);
    }
    this.#watch(session);
  }

  async #watch(session: SftpSession): Promise<void> {
    await session.ended;
    if (this.isAlive) this.#options.onLost(session);
  }

  get #live(): readonly Member[] {
    return this.#members.filter(({ session }) => session.isAlive);
  }

  /** Gives the oldest session that is left, or the last one that was lost. */
  get #first(): Member {
    return this.#live[0] ?? this.#members.at(-1)!;
  }

  /** Sends a request over one of the sessions. */
  request(request: Request, receiver?: DataReceiver): Promise<Response> {
    switch (request.kind) {
      case "open":
      case "opendir":
        return this.#open(request);
      case "close":
      case "read":
      case "write":
      case "write-from":
      case "fstat":
      case "fsetstat":
      case "readdir":
        return this.#requestOpen(request, receiver);
      case "copy-data":
        return this.#copyData(request);
      default:
        return this.#requestPath(request);
    }
  }

  requestFor(
    listener: OutcomeListener,
    place: number,
    request: Request,
    receiver?: DataReceiver,
  ): void {
    this.request(request, receiver).catch((error: Error) => error)
      .then((outcome) => listener.settle(outcome, place));
  }

  read(
    handle: Handle,
    receiver: DataReceiver,
    offset: number,
  ): Promise<Response> {
    const length = receiver.most;
    return this.request({ kind: "read", handle, offset, length }, receiver);
  }

  get roundTrip(): number | undefined {
    return this.#first.session.roundTrip;
  }

  limits(): ReturnType<SftpSession["limits"]> {
    return this.#first.session.limits();
  }

  decode<T>(parse: () => T): T {
    return this.#first.session.decode(parse);
  }

  /** Ends all sessions: what one server says wrongly, it says to each of them. */
  violation(response: Response): ReturnType<SftpSession["violation"]> {
    const [first, ...others] = this.#members;
    for (const { session } of others) session.violation(response);
    return first!.session.violation(response);
  }

  spread(handle: Handle, file: SpreadFile): void {
    const owner = this.#owners.get(handle);
    if (owner === undefined || owner instanceof Lanes) return;
    const lanes = new Lanes({ session: owner.session, handle }, file);
    this.#owners.set(handle, lanes);
    this.#spread.set(lanes, { file, opener: owner });
    for (const member of this.#live) {
      if (member !== owner) this.#widen(lanes, file, member);
    }
    this.#options.onDemand(this.width);
  }

  /** Opens a file that is spread in another session, if it is still the same. */
  async #widen(
    lanes: Lanes,
    { path, access }: SpreadFile,
    { session }: Member,
  ): Promise<void> {
    const opened = await session.request({
      kind: "open",
      path,
      access,
      attributes: {},
    }).catch(asNothing);
    if (opened?.kind !== "handle") return;
    const { handle } = opened;
    const lane = { session, handle };
    const isSame = access !== "read" ||
      await areSame(lanes.all[0]!, lane).catch(asNothing);
    if (isSame && !lanes.isClosed) return lanes.add(lane);
    await session.request({ kind: "close", handle }).catch(asNothing);
  }

  #requestPath(request: Request): Promise<Response> {
    const done = this.#requestFirst(request);
    if (NAMING.includes(request.kind)) {
      this.#named = Promise.allSettled([this.#named, done]);
    }
    return done;
  }

  async #requestFirst(request: Request): Promise<Response> {
    try {
      return await this.#first.session.request(request);
    } catch (error) {
      if (!this.#isLeft(error)) throw error;
    }
    const response = await this.#requestFirst(request);
    const isRefused = response.kind === "status" &&
      response.code !== Status.OK;
    return isRefused && await wasDone(request, this)
      ? { kind: "status", code: Status.OK, message: "" }
      : response;
  }

  async #open(request: OpeningRequest): Promise<Response> {
    const live = this.#live;
    const [first = this.#first] = live;
    const member = live.reduce(
      (least, each) => each.open < least.open ? each : least,
      first,
    );
    if (member.open > 0) this.#options.onDemand(live.length + 1);
    member.open++;
    try {
      if (member !== first) await this.#named;
      const response = await member.session.request(request);
      if (response.kind === "handle") {
        this.#owners.set(response.handle, member);
      } else member.open--;
      return response;
    } catch (error) {
      member.open--;
      if (!this.#isLeft(error)) throw error;
    }
    return await this.#open(request);
  }

  async #requestOpen(
    request: LaneRequest,
    receiver?: DataReceiver,
  ): Promise<Response> {
    const owner = this.#owners.get(request.handle)!;
    if (request.kind === "close") this.#closing(request.handle, owner);
    try {
      return owner instanceof Lanes
        ? await owner.request(request, receiver)
        : await owner.session.request(request, receiver);
    } catch (error) {
      throw this.#isLeft(error)
        ? new LostFileError((error as Error).message)
        : error;
    }
  }

  #closing(handle: Handle, owner: Owner): void {
    this.#owners.delete(handle);
    const opener = owner instanceof Lanes
      ? this.#spread.get(owner)!.opener
      : owner;
    opener.open--;
    if (owner instanceof Lanes) this.#spread.delete(owner);
  }

  /** Refuses a copy between files that are open in different sessions. */
  async #copyData(
    request: Extract<Request, { readonly kind: "copy-data" }>,
  ): Promise<Response> {
    const owner = this.#owners.get(request.from)!;
    if (owner instanceof Lanes || this.#owners.get(request.to) !== owner) {
      return { kind: "status", code: Status.OP_UNSUPPORTED, message: "" };
    }
    return await owner.session.request(request);
  }

  /** Tells a connection that was lost while others are left. */
  #isLeft(error: unknown): boolean {
    return error instanceof SessionError && this.isAlive;
  }
}

/** Passes over an error of a request that need not succeed, for a `catch`. */
function asNothing(): undefined {}

/** Tells whether two handles lead to files of one length and time. */
async function areSame(one: Lane, other: Lane): Promise<boolean> {
  const [first, second] = await Promise.all([fstat(one), fstat(other)]);
  return first !== undefined && second !== undefined &&
    first.size === second.size &&
    first.times?.modified === second.times?.modified;
}

async function fstat(
  { session, handle }: Lane,
): Promise<WireAttributes | undefined> {
  const response = await session.request({ kind: "fstat", handle });
  return response.kind === "attributes" ? response.attributes : undefined;
}
