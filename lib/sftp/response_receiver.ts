import { ProtocolError } from "../errors.ts";
import type { DataReceiver } from "./data_receiver.ts";
import type { ExactReader } from "./exact_reader.ts";
import type { OutcomeListener } from "./outcomes.ts";
import { WireReader } from "./wire/bytes.ts";
import { PacketType } from "./wire/packet_types.ts";
import {
  DATA_HEAD_BYTES,
  readResponse,
  readResponseHead,
  type Response,
  RESPONSE_HEAD_BYTES,
} from "./wire/response_packets.ts";

/** Request without a response yet. */
export interface PendingRequest {
  /** Absent where no data may come. */
  readonly receiver: DataReceiver | undefined;
  /** True once the receiver has failed, which was told: the rest is dropped. */
  isDropped: boolean;
  /** True where a handle may come. */
  readonly opens: boolean;
  readonly listener: OutcomeListener;
  /** Number by which the listener knows it. */
  readonly place: number;
}

/** Owner of the requests that wait for responses. */
export interface RequestOwner {
  /** Number of requests that were sent and not answered. */
  readonly inFlight: number;
  /** False once it has failed, and receivers are their owners' again. */
  readonly isAlive: boolean;
  /** Gives the request of a number; `undefined` where it is none. */
  pendingRequest(id: number): PendingRequest | undefined;
  /** Takes the response to a request, whose data were handed on. */
  answer(id: number, pending: PendingRequest, response: Response): void;
}

/** Receiver of the responses of a session, in whatever order they come. */
export class ResponseReceiver {
  readonly #reader: ExactReader;
  readonly #owner: RequestOwner;

  constructor(reader: ExactReader, owner: RequestOwner) {
    this.#reader = reader;
    this.#owner = owner;
  }

  /**
   * Takes responses up to the end of the stream. A wait for each one that has come
   * already would cost more time than all else about it, measured.
   *
   * @throws {ProtocolError} If the server breaks the protocol.
   * @throws {SessionError} If the connection is lost.
   */
  async receiveAll(): Promise<void> {
    for (;;) {
      const packet = this.#reader.takeReceivedPacket();
      if (packet === undefined) {
        if (!await this.#receiveInParts()) return;
        continue;
      }
      const fields = new WireReader(packet);
      const head = readResponseHead(fields);
      const pending = this.#pendingRequest(head.id);
      const response = readResponse(head, fields);
      if (response.kind === "data") {
        checkWanted(response.length, pending);
        const taking = this.#hand(fields.rest(), 0, pending);
        if (taking !== undefined) await taking;
      }
      this.#owner.answer(head.id, pending, response);
    }
  }

  /** Takes a response part by part as it comes; resolves to `false` at the end. */
  async #receiveInParts(): Promise<boolean> {
    const reader = this.#reader;
    const headBytes = await reader.take(RESPONSE_HEAD_BYTES);
    if (headBytes.length < RESPONSE_HEAD_BYTES) return false;
    const head = readResponseHead(new WireReader(headBytes));
    const pending = this.#pendingRequest(head.id);
    const hasData = head.type === PacketType.DATA;
    const bodyLength = hasData
      ? Math.min(DATA_HEAD_BYTES, head.left)
      : head.left;
    const body = await reader.take(bodyLength);
    if (body.length < bodyLength) return false;
    const response = readResponse(head, new WireReader(body));
    const isWhole = response.kind !== "data" ||
      await this.#receiveData(response.length, pending);
    if (isWhole) this.#owner.answer(head.id, pending, response);
    return isWhole;
  }

  #pendingRequest(id: number): PendingRequest {
    const pending = this.#owner.pendingRequest(id);
    if (pending !== undefined) return pending;
    throw new ProtocolError(
      `protocol error: an answer to request ${id}, which is none`,
    );
  }

  /** Hands data on as they come; resolves to `false` where the stream ends. */
  async #receiveData(
    length: number,
    pending: PendingRequest,
  ): Promise<boolean> {
    checkWanted(length, pending);
    let part: Uint8Array;
    // The next response begins with that many bytes at least.
    const nextHead = RESPONSE_HEAD_BYTES + DATA_HEAD_BYTES;
    const following = this.#owner.inFlight > 1 ? nextHead : 0;
    for (let at = 0; at < length; at += part.length) {
      const left = length - at;
      part = await this.#reader.next(left, left + following);
      if (part.length === 0) return false;
      const taking = this.#hand(part, at, pending);
      if (taking !== undefined) await taking;
    }
    return true;
  }

  /** Hands a part of the data on; an error of the receiver is that of the request. */
  #hand(
    part: Uint8Array,
    at: number,
    pending: PendingRequest,
  ): Promise<void> | undefined {
    const { receiver } = pending;
    if (receiver === undefined || pending.isDropped || !this.#owner.isAlive) {
      return undefined;
    }
    const drop = (error: unknown): undefined => {
      pending.isDropped = true;
      pending.listener.settle(error as Error, pending.place);
    };
    try {
      const taking = receiver.take(part, at);
      return taking instanceof Promise ? taking.catch(drop) : undefined;
    } catch (error) {
      return drop(error);
    }
  }
}

/** @throws {ProtocolError} If nobody asked for so many bytes. */
function checkWanted(length: number, { receiver }: PendingRequest): void {
  if (receiver !== undefined && length <= receiver.most) return;
  throw new ProtocolError("protocol error: more data than were asked for");
}
