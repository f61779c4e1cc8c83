import type { Channel } from "../channel/channel.ts";
import { WireWriter } from "./wire/bytes.ts";
import { formatRequest, type Request } from "./wire/requests.ts";

/** Packet that waits to be sent. */
interface QueuedPacket {
  readonly pieces: readonly Uint8Array[];
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

/** Sends requests in their order; those of one turn leave together. */
export class RequestQueue {
  readonly #channel: Channel;
  readonly #mostInFlight: number;
  readonly #packets: QueuedPacket[] = [];
  readonly #writer = new WireWriter();
  #isSending = false;
  #inFlight = 0;

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
      pieces: formatRequest(id, request, this.#writer),
      mayWait: request.kind === "read" && request.length > WAITING_BYTES,
    });
    this.#send();
  }

  /** Notes that a request was answered, which may let another one leave. */
  answered(): void {
    this.#inFlight--;
    if (this.#packets.length > 0) this.#send();
  }

  /** Drops the requests that were not sent. */
  clear(): void {
    this.#packets.length = 0;
  }

  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      // Requests of one turn leave together.
      await undefined;
      if (this.#canWait) return;
      while (this.#inFlight < this.#mostInFlight) {
        const packet = this.#packets.shift();
        if (packet === undefined) break;
        this.#inFlight++;
        for (const piece of packet.pieces) await this.#channel.write(piece);
        const isLast = this.#packets.length === 0 ||
          this.#inFlight >= this.#mostInFlight;
        if (isLast) await this.#channel.flush();
      }
    } catch {
      // The peer has gone: its last responses and the end are still to be read.
      this.clear();
    } finally {
      this.#isSending = false;
    }
  }

  /** True where all packets may wait and the server is busy enough. */
  get #canWait(): boolean {
    return this.#packets.length * BUSY_FACTOR <= this.#inFlight &&
      this.#packets.every(({ mayWait }) => mayWait);
  }
}
