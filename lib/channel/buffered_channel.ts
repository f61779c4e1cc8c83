import { SessionError } from "../errors.ts";
import { type Channel, type ReadOptions, upTo } from "./channel.ts";
import { Turns } from "./turns.ts";

/** Writes below this many bytes are gathered until a read has to wait. */
const GATHER_BYTES = 16 * 1024;

/** Reads that a buffer serves between looks at the clock. */
const READS_A_LOOK = 64;

/**
 * What all channels to another process have in common: two buffers that serve
 * all reads, where a new one each, for a single acknowledgement, would take a
 * tree of 100,000 files past 150 MiB; and small writes that are gathered.
 */
export abstract class BufferedChannel implements Channel {
  readonly blockBytes: number;
  /** A peer that always has more to say may not keep others from their turn. */
  protected readonly turns = new Turns();
  /** Reads that were served without a wait. */
  #served = 0;
  /** What has come and was not read yet. */
  #input: Uint8Array = new Uint8Array();
  /** What reads fill, in turn; none once the stream has ended or failed. */
  readonly #buffers: ArrayBuffer[];
  readonly #held = new Uint8Array(GATHER_BYTES);
  #heldLength = 0;
  /** Resolves when what was held is sent: until then it may not change. */
  #heldSent = Promise.resolve();
  #isLost = false;
  #hasReceived = false;
  /** The wait for input, which a read joins if one goes on already. */
  #filling: Promise<void> | undefined;

  constructor(blockBytes: number) {
    this.blockBytes = blockBytes;
    this.#buffers = [new ArrayBuffer(blockBytes), new ArrayBuffer(blockBytes)];
  }

  /** Whether the peer has said anything. */
  get hasReceived(): boolean {
    return this.#hasReceived;
  }

  /**
   * Waits for bytes and puts them at the front of `buffer`, which it may
   * detach. Gives none at the end of the stream.
   *
   * @param soon As of `read`; not more than the buffer holds.
   */
  protected abstract receive(
    buffer: ArrayBuffer,
    soon: number,
  ): Promise<Uint8Array<ArrayBuffer>>;

  /** Sends all of `bytes`, after all that is being sent. */
  protected abstract send(bytes: Uint8Array): Promise<void>;

  /** Tells the peer that nothing more comes; harmless if it was told. */
  protected abstract finish(): Promise<void>;

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

  /**
   * Waits until there is something to read, or the stream has ended or failed;
   * reads nothing. What was held back is sent before.
   */
  async awaitInput(): Promise<void> {
    if (this.#input.length > 0) return;
    await this.#fill(0).catch(() => {
      // The next read is told.
    });
  }

  /** Gives the first byte that is there to be read, and leaves it there. */
  peek(): number | undefined {
    return this.#input[0];
  }

  #fill(soon: number): Promise<void> {
    return this.#filling ??= this.#receiveInput(soon);
  }

  async #receiveInput(soon: number): Promise<void> {
    try {
      await this.#flushIfPeerListens();
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
      // Whoever reads may send what is held at any time, this one included.
      let sent: Promise<void> | undefined;
      while (sent !== this.#heldSent) await (sent = this.#heldSent);
      this.#held.set(bytes, this.#heldLength);
      this.#heldLength += bytes.length;
    }
  }

  async flush(): Promise<void> {
    if (this.#heldLength === 0 && !this.#isLost) return;
    const held = this.#held.subarray(0, this.#heldLength);
    this.#heldLength = 0;
    const sent = this.#sendOrLose(held);
    this.#heldSent = sent.catch(() => {
      // Whoever sends is told.
    });
    await sent;
  }

  async close(): Promise<void> {
    try {
      await this.flush();
      await this.finish();
    } catch {
      // The peer has gone already: it is told by its exit status.
    }
  }

  /** Once something did not arrive, nothing does any more. */
  async #sendOrLose(bytes: Uint8Array): Promise<void> {
    try {
      await this.send(bytes);
    } catch (error) {
      this.#isLost = true;
      lost(error);
    }
  }

  /**
   * A peer that stopped listening may have said why: what it wrote before it
   * left is still read, and the end of its stream tells the rest.
   */
  async #flushIfPeerListens(): Promise<void> {
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
