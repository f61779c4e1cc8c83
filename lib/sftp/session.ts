import type { Channel } from "../channel/channel.ts";
import { ProtocolError, SessionError } from "../errors.ts";
import { decodeName } from "../names/name_bytes.ts";
import { beginSession } from "./begin.ts";
import {
  Extension,
  parseLimits,
  type ServerLimits,
} from "./wire/extended_packets.ts";
import type { Beginning } from "./wire/banner.ts";
import type { Handle } from "./wire/handle_packets.ts";
import { ExactInput } from "./input.ts";
import { OpenHandles } from "./open_handles.ts";
import { PacketType } from "./wire/packet_types.ts";
import { formatRequest, type Request } from "./wire/requests.ts";
import {
  DATA_HEAD_BYTES,
  parseResponse,
  parseResponseHead,
  type Response,
  RESPONSE_HEAD_BYTES,
} from "./wire/response_packets.ts";
import { WireWriter } from "./wire/bytes.ts";

/** How long it may, where nothing else is said. */
const PATIENCE_MILLISECONDS = 10_000;

export interface SftpSessionOptions {
  /** How long a shell may talk before the server begins, in milliseconds. */
  readonly patience?: number;
  /** Send no request before the one before it is answered. */
  readonly lockstep?: boolean;
}

/** A packet that waits to be sent. */
interface Outgoing {
  readonly pieces: readonly Uint8Array[];
  /** Whether it may wait for others, to leave together with them. */
  readonly isPatient: boolean;
}

/**
 * Reads of more than this many bytes may wait for each other while the server
 * is busy. Each one that leaves alone wakes ssh, sshd and the server: measured,
 * that takes a few hundredths of the time of a large file.
 */
const PATIENT_BYTES = 64 * 1024;

/**
 * A server is busy that has so many requests to answer for each that waits. With
 * 2, a large file comes a twentieth slower from 2 to 20 ms away, measured.
 */
const BUSY_FACTOR = 5;

/** Who takes the data that answer a read. */
export interface DataTaker {
  /** The most bytes that it takes. */
  readonly most: number;
  /**
   * Takes a part of them, which is valid until it is done.
   *
   * @param at How many bytes came before it.
   */
  take(part: Uint8Array, at: number): void | Promise<void>;
}

/** Takes data into the start of a buffer, as much as it holds. */
export function takerInto(buffer: Uint8Array): DataTaker {
  return {
    most: buffer.length,
    take: (part, at) => buffer.set(part, at),
  };
}

/** Who waits for a response. */
interface Waiter {
  /** Absent where no data may come. */
  readonly taker?: DataTaker;
  /** True where a handle may come. */
  readonly opens: boolean;
  resolve(response: Response): void;
  reject(error: Error): void;
}

/**
 * An SFTP session over a channel. Any number of requests may be in flight at
 * once; each response finds its own, in whatever order they come. There is one
 * way to die: what breaks the session is what every request then throws.
 */
export class SftpSession {
  /** What the server offers beyond its version. */
  readonly extensions: ReadonlyMap<string, string>;
  /** What came before the server's first packet; empty most often. */
  readonly banner: string;
  /** Resolves when nothing more is read: the session has come to its end. */
  readonly ended: Promise<void>;
  /** True where no request is sent before the one before it is answered. */
  readonly isLockstep: boolean;
  /** Handles that are open on the server. */
  readonly handles = new OpenHandles();
  readonly #channel: Channel;
  readonly #input: ExactInput;
  readonly #waiters = new Map<number, Waiter>();
  /** What waits to be sent. */
  readonly #outgoing: Outgoing[] = [];
  readonly #mostUnderWay: number;
  readonly #writer = new WireWriter();
  #limits: Promise<ServerLimits | undefined> | undefined;
  #isSending = false;
  /** Requests that were sent and not answered. */
  #underWay = 0;
  #lastId = 0;
  #failure: Error | undefined;

  private constructor(
    channel: Channel,
    { banner, server }: Beginning,
    { lockstep = false }: SftpSessionOptions,
  ) {
    this.isLockstep = lockstep;
    this.#mostUnderWay = lockstep ? 1 : Infinity;
    this.#channel = channel;
    this.#input = new ExactInput(channel);
    this.banner = decodeName(banner);
    this.extensions = server.extensions;
    this.ended = this.#receiveAll();
  }

  /** Whether requests can still be answered. */
  get isAlive(): boolean {
    return this.#failure === undefined;
  }

  /**
   * Begins a session, whatever a login shell says before. It ends with a
   * `SessionError` if the channel is closed meanwhile.
   *
   * @throws {ProtocolError} If what comes is no server's, or another version's.
   * @throws {SessionError} If nothing comes, or the connection is lost.
   */
  static async begin(
    channel: Channel,
    options: SftpSessionOptions = {},
  ): Promise<SftpSession> {
    const { patience = PATIENCE_MILLISECONDS } = options;
    const beginning = await beginSession(channel, patience);
    return new SftpSession(channel, beginning, options);
  }

  /**
   * Asks the server; resolves to its response, whichever it is.
   *
   * @param taker Who takes data, for a request that asks for some. What it
   * throws is thrown here; the rest is dropped then.
   * @throws {EntryError} If a path in it stands for no bytes.
   * @throws {ProtocolError} If the server broke the protocol, now or before.
   * @throws {SessionError} If the connection is lost.
   */
  request(request: Request, taker?: DataTaker): Promise<Response> {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    if (this.#failure !== undefined) reject(this.#failure);
    else {
      const id = this.#nextId();
      try {
        this.#outgoing.push({
          pieces: formatRequest(id, request, this.#writer),
          isPatient: request.kind === "read" && request.length > PATIENT_BYTES,
        });
        const opens = request.kind === "open" || request.kind === "opendir";
        if (opens) this.handles.ask();
        if (request.kind === "close") this.handles.close(request.handle);
        this.#waiters.set(id, {
          opens,
          resolve,
          reject,
          ...(taker === undefined ? {} : { taker }),
        });
        this.#send();
      } catch (error) {
        reject(error);
      }
    }
    return promise;
  }

  /** Reads as much of a file as is taken. The response says how much that is. */
  read(handle: Handle, taker: DataTaker, offset: number): Promise<Response> {
    const length = taker.most;
    return this.request({ kind: "read", handle, offset, length }, taker);
  }

  /** What the server takes; `undefined` where it does not tell. */
  limits(): Promise<ServerLimits | undefined> {
    return this.#limits ??= this.#askForLimits();
  }

  async #askForLimits(): Promise<ServerLimits | undefined> {
    if (!this.extensions.has(Extension.LIMITS)) return undefined;
    const response = await this.request({ kind: "limits" });
    return response.kind === "extended"
      ? this.decode(() => parseLimits(response.body))
      : undefined;
  }

  /**
   * Decodes what a response holds; that it cannot be is the end of the session.
   *
   * @throws {ProtocolError} In that case.
   */
  decode<T>(parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      if (error instanceof ProtocolError) this.#die(error);
      throw error;
    }
  }

  /** The error for a response that does not answer its request; it is the end. */
  violation(response: Response): ProtocolError {
    const error = new ProtocolError(
      `protocol error: what was asked is not answered by ${response.kind}`,
    );
    this.#die(error);
    return error;
  }

  #nextId(): number {
    this.#lastId = (this.#lastId + 1) % 2 ** 32;
    return this.#lastId;
  }

  /** Sends what waits to be sent, packet by packet. */
  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      // What is asked in one turn leaves together.
      await undefined;
      if (this.#isPatient) return;
      while (this.#underWay < this.#mostUnderWay) {
        const packet = this.#outgoing.shift();
        if (packet === undefined) break;
        this.#underWay++;
        for (const piece of packet.pieces) await this.#channel.write(piece);
        const isLast = this.#outgoing.length === 0 ||
          this.#underWay >= this.#mostUnderWay;
        if (isLast) await this.#channel.flush();
      }
    } catch {
      // The peer has gone: what is read tells what it said, and the end.
      this.#outgoing.length = 0;
    } finally {
      this.#isSending = false;
    }
  }

  /** Whether all that waits to be sent can wait: the server is busy enough. */
  get #isPatient(): boolean {
    return this.#outgoing.length * BUSY_FACTOR <= this.#underWay &&
      this.#outgoing.every(({ isPatient }) => isPatient);
  }

  async #receiveAll(): Promise<void> {
    try {
      while (await this.#receive());
      this.#die(new SessionError("lost connection"));
    } catch (error) {
      this.#die(error as Error);
    }
  }

  /** Takes one response; whether more may come. */
  async #receive(): Promise<boolean> {
    const headBytes = await this.#input.take(RESPONSE_HEAD_BYTES);
    if (headBytes.length < RESPONSE_HEAD_BYTES) return false;
    const head = parseResponseHead(headBytes);
    const waiter = this.#waiters.get(head.id);
    if (waiter === undefined) {
      throw new ProtocolError(
        `protocol error: an answer to request ${head.id}, which is none`,
      );
    }
    const hasData = head.type === PacketType.DATA;
    const bodyLength = hasData
      ? Math.min(DATA_HEAD_BYTES, head.left)
      : head.left;
    const body = await this.#input.take(bodyLength);
    if (body.length < bodyLength) return false;
    const response = parseResponse(head, body);
    if (
      response.kind === "data" && !await this.#takeData(response.length, waiter)
    ) {
      return false;
    }
    if (waiter.opens) {
      this.handles.answered();
      if (response.kind === "handle") this.handles.open(response.handle);
    }
    this.#waiters.delete(head.id);
    this.#underWay--;
    if (this.#outgoing.length > 0) this.#send();
    waiter.resolve(response);
    return true;
  }

  /** Hands data on as they come; whether all of them did. */
  async #takeData(
    length: number,
    { taker, reject }: Waiter,
  ): Promise<boolean> {
    if (taker === undefined || length > taker.most) {
      throw new ProtocolError("protocol error: more data than were asked for");
    }
    let isWanted = true;
    let part: Uint8Array;
    // Whatever is answered next begins with so much.
    const nextHead = RESPONSE_HEAD_BYTES + DATA_HEAD_BYTES;
    const following = this.#underWay > 1 ? nextHead : 0;
    for (let at = 0; at < length; at += part.length) {
      const left = length - at;
      part = await this.#input.next(left, left + following);
      if (part.length === 0) return false;
      // Whoever waited is gone once the session is dead.
      if (!isWanted || !this.isAlive) continue;
      try {
        await taker.take(part, at);
      } catch (error) {
        isWanted = false;
        reject(error as Error);
      }
    }
    return true;
  }

  #die(error: Error): void {
    this.#failure ??= error;
    // Whoever is told takes back the data that were to be sent.
    this.#outgoing.length = 0;
    for (const waiter of this.#waiters.values()) waiter.reject(this.#failure);
    this.#waiters.clear();
  }
}
