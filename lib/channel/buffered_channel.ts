import { SessionError } from "../errors.ts";
import { type Channel, type ReadOptions, upTo } from "./channel.ts";
import { Turns } from "./turns.ts";

/** Room for writes that are gathered until a read has to wait, in bytes. */
const GATHER_BYTES = 16 * 1024;

/** Reads from a buffer between two looks at the clock. */
const READS_A_LOOK = 64;

/**
 * Base of all channels to another process. Two buffers serve all reads: a new one for
 * each acknowledgement would take a tree of 100,000 files past 150 MiB. Small writes
 * are gathered.
 */
export abstract class BufferedChannel implements Channel {
  readonly blockBytes: number;
  /** Turns of timers and signals, which a talkative peer must not prevent. */
  protected readonly turns = new Turns();
  /** Reads that did not have to wait. */
  #served = 0;
  /** Bytes that have come and were not read yet. */
  #input: Uint8Array = new Uint8Array();
  /** Buffers that are filled in turn; none once the stream has ended or failed. */
  readonly #buffers: ArrayBuffer[];
  readonly #held = new Uint8Array(GATHER_BYTES);
  #heldLength = 0;
  /** Resolves once the held bytes are sent: until then they may not change. */
  #heldSent = Promise.resolve();
  /** Count of the sends that are in flight. */
  #sends = 0;
  #isLost = false;
  #hasReceived = false;
  /** Wait for input that is in flight; a second reader joins it. */
  #filling: Promise<void> | undefined;

  constructor(blockBytes: number) {
    this.blockBytes = blockBytes;
    this.#buffers = [new ArrayBuffer(blockBytes), new ArrayBuffer(blockBytes)];
  }

  /** True once the peer has sent anything. */
  get hasReceived(): boolean {
    return this.#hasReceived;
  }

  /**
   * Waits for bytes and puts them at the front of `buffer`, which it may detach. Gives
   * none at the end of the stream.
   *
   * @param soon As in `ReadOptions`; not more than the buffer holds.
   */
  protected abstract receive(
    buffer: ArrayBuffer,
    soon: number,
  ): Promise<Uint8Array<ArrayBuffer>>;

  /** Sends all of `bytes`, behind those that are in flight. */
  protected abstract send(bytes: Uint8Array): Promise<void>;

  /** Ends the output; harmless if it has ended. */
  protected abstract finish(): Promise<void>;

  /**
   * Receives as `receive` does, but only what can be waited for right here; `undefined`
   * where `receive` has to be called. The buffer stays whole.
   */
  protected receiveNow(
    _buffer: ArrayBuffer,
  ): Uint8Array<ArrayBuffer> | undefined {
    return undefined;
  }

  /** Sends what leaves at once; gives the count of those bytes. */
  protected sendNow(_bytes: Uint8Array): number {
    return 0;
  }

  async read(
    limit: number,
    { last, soon = 0 }: ReadOptions = {},
  ): Promise<Uint8Array> {
    if (this.#input.length === 0) await this.#fill(soon);
    else if (++this.#served % READS_A_LOOK === 0 && this.turns.areDue) {
      await this.turns.give();
    }
    const part = upTo(last, this.#input.subarray(0, limit));
    this.#input = this.#input.subarray(part.length);
    return part;
  }

  readNow(limit: number): Uint8Array | undefined {
    if (this.#input.length === 0) {
      if (!this.#fillNow()) return undefined;
    } else if (++this.#served % READS_A_LOOK === 0 && this.turns.areDue) {
      return undefined;
    }
    const part = this.#input.subarray(0, limit);
    this.#input = this.#input.subarray(part.length);
    return part;
  }

  /** Receives the next bytes without a promise; tells whether some came. */
  #fillNow(): boolean {
    const [buffer] = this.#buffers;
    if (buffer === undefined || this.#filling !== undefined) return false;
    if (!this.#flushNow()) return false;
    const chunk = this.#receiveNow(buffer);
    // The end is found again by a read that waits.
    if (chunk === undefined || chunk.length === 0) return false;
    this.#buffers.push(this.#buffers.shift()!);
    this.#hasReceived = true;
    this.#input = chunk;
    return true;
  }

  #receiveNow(buffer: ArrayBuffer): Uint8Array | undefined {
    try {
      return this.receiveNow(buffer);
    } catch (error) {
      lost(error);
    }
  }

  /** Sends the held bytes where they leave at once; tells whether none is left. */
  #flushNow(): boolean {
    if (this.#sends > 0 || this.#isLost) return false;
    if (this.#heldLength === 0) return true;
    try {
      const sent = this.sendNow(this.#held.subarray(0, this.#heldLength));
      this.#held.copyWithin(0, sent, this.#heldLength);
      this.#heldLength -= sent;
    } catch {
      // A flush that waits fails alike, and tells.
    }
    return this.#heldLength === 0;
  }

  /**
   * Waits until there are bytes to read, or the stream has ended or failed, and reads
   * nothing. Sends the bytes that were held back first.
   */
  async awaitInput(): Promise<void> {
    if (this.#input.length > 0) return;
    await this.#fill(0).catch(() => {
      // The next read throws it.
    });
  }

  get arrived(): Uint8Array {
    return this.#input;
  }

  skip(count: number): void {
    this.#input = this.#input.subarray(count);
  }

  #fill(soon: number): Promise<void> {
    return this.#filling ??= this.#receiveInput(soon);
  }

  async #receiveInput(soon: number): Promise<void> {
    try {
      await this.flushIfPeerListens();
      this.#input = await this.#nextChunk(Math.min(soon, this.blockBytes));
    } finally {
      this.#filling = undefined;
    }
  }

  async #nextChunk(soon: number): Promise<Uint8Array> {
    const buffer = this.#buffers.shift();
    if (buffer === undefined) return new Uint8Array();
    const chunk = await this.receive(buffer, soon).catch(lost);
    if (chunk.length === 0) this.#buffers.length = 0;
    else {
      this.#buffers.push(chunk.buffer);
      this.#hasReceived = true;
    }
    return chunk;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#heldLength + bytes.length > GATHER_BYTES) await this.flush();
    if (bytes.length > GATHER_BYTES) {
      await this.#sendOrLose(bytes);
    } else {
      // A read may send the held bytes at any time, also while this waits.
      let sent: Promise<void> | undefined;
      while (sent !== this.#heldSent) await (sent = this.#heldSent);
      this.#held.set(bytes, this.#heldLength);
      this.#heldLength += bytes.length;
    }
  }

  writeNow(bytes: Uint8Array): boolean {
    if (this.#sends > 0) return false;
    if (this.#heldLength + bytes.length > GATHER_BYTES) return false;
    this.#held.set(bytes, this.#heldLength);
    this.#heldLength += bytes.length;
    return true;
  }

  async flush(): Promise<void> {
    if (this.#heldLength === 0 && !this.#isLost) return;
    const held = this.#held.subarray(0, this.#heldLength);
    this.#heldLength = 0;
    const sent = this.#sendOrLose(held);
    this.#heldSent = sent.catch(() => {
      // The flush itself throws it.
    });
    await sent;
  }

  async close(): Promise<void> {
    try {
      await this.flush();
      await this.finish();
    } catch {
      // The peer has gone already: its exit status tells.
    }
  }

  /** Sends bytes; after a failure, every flush fails. */
  async #sendOrLose(bytes: Uint8Array): Promise<void> {
    await this.#orLost(() => this.send(bytes));
  }

  /**
   * Sends what is held back, then something by a way of its own.
   *
   * @throws {SessionError} If that fails; then every flush does.
   */
  protected async sendBehind<T>(send: () => Promise<T>): Promise<T> {
    await this.flush();
    return await this.#orLost(send);
  }

  async #orLost<T>(send: () => Promise<T>): Promise<T> {
    this.#sends++;
    try {
      return await send();
    } catch (error) {
      this.#isLost = true;
      lost(error);
    } finally {
      this.#sends--;
    }
  }

  /**
   * Flushes, and passes over a peer that stopped listening: its last words and the end
   * of its stream are still read.
   */
  protected async flushIfPeerListens(): Promise<void> {
    try {
      await this.flush();
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
    }
  }
}

function lost(cause: unknown): never {
  throw new SessionError("lost connection", { cause });
}
