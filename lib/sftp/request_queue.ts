import type { Channel } from "../channel/channel.ts";
import { Turns } from "../channel/turns.ts";
import { WireWriter } from "./wire/bytes.ts";
import type { PartBehind } from "./wire/handle_packets.ts";
import { formatRequest, type Request } from "./wire/requests.ts";

/** Packet that waits to be sent. */
interface QueuedPacket {
  readonly head: Uint8Array;
  /** Data of a WRITE, which are not copied. */
  readonly data: Uint8Array | PartBehind | undefined;
  /** True where it may wait for others, to leave together with them. */
  readonly mayWait: boolean;
}

/**
 * Reads of more than this many bytes may wait for each other while the server
 * is busy. Each one that leaves alone wakes ssh, sshd and the server: measured,
 * that takes a few hundredths of the time of a large file.
 */
const WAITING_BYTES = 64 * 1024;

/**
 * Requests in flight, for each one that waits, that keep a server busy. With 2,
 * a large file comes a twentieth slower from 2 to 20 ms away, measured.
 */
const BUSY_FACTOR = 5;

/** Memory that requests share until it is full, in bytes. */
const BLOCK_BYTES = 16 * 1024;

/**
 * Most bytes of short packets that leave in one write, whose turn would cost each of
 * them more than the copy does.
 */
const BATCH_BYTES = 64 * 1024;

/** Longest packet that counts as short, in bytes. */
const SHORT_BYTES = 16 * 1024;

/**
 * Time that requests gather after others have left, in milliseconds: what leaves alone
 * wakes ssh, sshd and the server. It is rounded up to a turn of the event loop.
 */
const GATHER_MILLISECONDS = 1;

/** Requests in flight without which nothing gathers: a server has to have work. */
const GATHER_IN_FLIGHT = 8;

/** Sends requests in their order; those of one turn leave together. */
export class RequestQueue {
  readonly #channel: Channel;
  readonly #mostInFlight: number;
  readonly #packets: QueuedPacket[] = [];
  readonly #writer = new WireWriter(BLOCK_BYTES);
  /** Packets that are written next, and the count of their bytes. */
  readonly #batch = new Uint8Array(BATCH_BYTES);
  #batched = 0;
  readonly #turns = new Turns();
  #isSending = false;
  #inFlight = 0;
  /** Time at which requests last left, in milliseconds. */
  #leftAt = -Infinity;
  /** Flush that a later turn brings; absent where nothing waits for one. */
  #flushing: Promise<void> | undefined;

  /** @param mostInFlight Most requests sent and not answered. */
  constructor(channel: Channel, mostInFlight: number) {
    this.#channel = channel;
    this.#mostInFlight = mostInFlight;
  }

  /** Count of requests that were sent and not answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /**
   * Queues a request. The data of a WRITE may not change until it is answered.
   *
   * @throws {EntryError} If a path in it stands for no bytes.
   */
  push(id: number, request: Request): void {
    this.#packets.push({
      head: formatRequest(id, request, this.#writer),
      data: dataOf(request),
      mayWait: request.kind === "read" && request.length > WAITING_BYTES,
    });
    if (!this.#isSending) this.#send();
  }

  /** Notes a request that was sent by another way. */
  sent(): void {
    this.#inFlight++;
  }

  /** Notes that a request was answered, which may let another one leave. */
  answered(): void {
    this.#inFlight--;
    if (this.#packets.length > 0 && !this.#isSending) this.#send();
  }

  /** Drops the requests that were not sent. */
  clear(): void {
    this.#packets.length = 0;
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    try {
      // Requests of one turn leave together.
      await undefined;
      while (this.#maySend && !this.#canWait) {
        while (this.#maySend) {
          const packet = this.#packets.shift()!;
          this.#inFlight++;
          if (!this.#copyShort(packet)) await this.#write(packet);
        }
        await this.#writeBatch();
        if (this.#mayGather) this.#flushing ??= this.#flushLater();
        else await this.#flush();
      }
    } catch {
      // The peer has gone: its last responses and the end are still to be read.
      this.clear();
    } finally {
      this.#isSending = false;
    }
  }

  get #maySend(): boolean {
    return this.#packets.length > 0 && this.#inFlight < this.#mostInFlight;
  }

  /** Puts a short packet into the batch; gives false where it is long, or has no room. */
  #copyShort({ head, data }: QueuedPacket): boolean {
    const length = head.length + (data?.length ?? 0);
    const isShort = length <= SHORT_BYTES && !isPart(data);
    if (!isShort || length > BATCH_BYTES - this.#batched) return false;
    this.#batch.set(head, this.#batched);
    if (data !== undefined) this.#batch.set(data, this.#batched + head.length);
    this.#batched += length;
    return true;
  }

  /** Writes the batch, and a packet behind it. */
  async #write(packet: QueuedPacket): Promise<void> {
    await this.#writeBatch();
    if (this.#copyShort(packet)) return;
    const { head, data } = packet;
    await this.#channel.write(head);
    if (isPart(data)) await data.sendTo(this.#channel);
    else if (data !== undefined) await this.#channel.write(data);
  }

  async #flush(): Promise<void> {
    this.#leftAt = performance.now();
    await this.#channel.flush();
  }

  /** Lets what was written leave with what follows in the same turn. */
  async #flushLater(): Promise<void> {
    await this.#turns.give();
    this.#flushing = undefined;
    await this.#flush().catch(() => {
      // As for those that leave at once.
      this.clear();
    });
  }

  /** True where others left a moment ago, and are not answered. */
  get #mayGather(): boolean {
    return this.#inFlight > GATHER_IN_FLIGHT &&
      performance.now() - this.#leftAt < GATHER_MILLISECONDS;
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#batch.subarray(0, this.#batched);
    this.#batched = 0;
    await this.#channel.write(batch);
  }

  /** True where all packets may wait and the server is busy enough. */
  get #canWait(): boolean {
    return this.#packets.length * BUSY_FACTOR <= this.#inFlight &&
      this.#packets.every(({ mayWait }) => mayWait);
  }
}

function dataOf(request: Request): QueuedPacket["data"] {
  switch (request.kind) {
    case "write":
      return request.data;
    case "write-from":
      return request.part;
    default:
      return undefined;
  }
}

function isPart(data: QueuedPacket["data"]): data is PartBehind {
  return data !== undefined && "sendTo" in data;
}
