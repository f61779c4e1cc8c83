import * as libc from "../system/descriptors.ts";
import { BufferedChannel } from "../channel/buffered_channel.ts";

/** In bytes. Measured, neither half of it nor four times as much is better. */
const BLOCK_BYTES = 256 * 1024;

/**
 * How long room for a body's bytes may gather before it is looked for again.
 * Measured: a timer's shortest time is more than a millisecond, and ssh comes
 * to wait for us meanwhile.
 */
const GATHER_MICROSECONDS = 300;

/** How long what comes is waited for right here, without a thread. */
const SOON_MILLISECONDS = 1;

/**
 * So many bytes that come soon are waited for together, in one call. Each part
 * of them that is read by itself costs us some 5 µs: measured, a twelfth of the
 * time in which a large file comes over SFTP.
 */
const TOGETHER_BYTES = 64 * 1024;

/** How often either is done, before it is called a wait. */
const TRIES_HERE = 5;

/** How a call is waited for that cannot be made at once. */
interface Waiting {
  /** Waits for a moment. */
  waitHere(): Promise<void>;
  /** Waits until the call can do something. */
  wait(): Promise<void>;
}

/**
 * A channel over a socket and a pipe of our own: a large file takes
 * ssh and us a tenth to a fifth less CPU time than over Web streams. What can be
 * moved at once is. What cannot is waited for right here for a moment, which
 * stops all else, and then by another thread. A socket wakes us once for all
 * that ssh writes at a time; room in a full pipe is waited for by pauses, so
 * that one waking moves a lot.
 */
export class PipeChannel extends BufferedChannel implements Disposable {
  #input: number;
  #output: number;
  /** Resolves when all that is to be sent was. */
  #sent = Promise.resolve();
  /** How much is to be sent yet, in calls. */
  #sends = 0;

  /**
   * Owns both descriptors from now on.
   *
   * @param input A socket that is read from.
   * @param output What is written to.
   */
  constructor(input: number, output: number) {
    super(BLOCK_BYTES);
    this.#input = input;
    this.#output = output;
    libc.setReceiveTime(input, SOON_MILLISECONDS);
    libc.setNonBlocking(output);
  }

  protected override async receive(
    buffer: ArrayBuffer,
    soon: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(buffer);
    const together = await this.#receiveTogether(bytes.subarray(0, soon));
    if (together !== undefined) return together;
    const count = await this.#retried(() => libc.receive(this.#input, bytes), {
      waitHere: async () => {
        if (!await this.#mayStop()) return;
        libc.isReadableWithin(this.#input, SOON_MILLISECONDS);
      },
      wait: () => libc.readable(this.#input),
    });
    return bytes.subarray(0, count);
  }

  /** Waits for all of them, for a moment; `undefined` if none came. */
  async #receiveTogether(
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (bytes.length < TOGETHER_BYTES) return undefined;
    if (!await this.#mayStop()) return undefined;
    const count = libc.receiveAll(this.#input, bytes);
    return count === undefined ? undefined : bytes.subarray(0, count);
  }

  /**
   * Whether all else may be stopped to wait for what comes: what came before may
   * have to be written, or more asked for, and what is being sent goes first.
   */
  async #mayStop(): Promise<boolean> {
    await this.turns.give();
    return this.#sends === 0;
  }

  protected override send(bytes: Uint8Array): Promise<void> {
    this.#sends++;
    const sent = this.#sent.then(() => this.#writeAll(bytes));
    this.#sent = sent.catch(() => {
      // Whoever sends is told.
    }).finally(() => this.#sends--);
    return sent;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const rest = bytes.subarray(at);
      // A pipe that took only a part is full.
      if (at > 0) libc.pause(GATHER_MICROSECONDS);
      at += await this.#retried(() => libc.write(this.#output, rest), {
        waitHere: async () => libc.pause(GATHER_MICROSECONDS),
        wait: () => libc.writable(this.#output),
      });
    }
  }

  /** Makes a call until it need not wait. */
  async #retried(
    call: () => number | undefined,
    { waitHere, wait }: Waiting,
  ): Promise<number> {
    for (let tries = 0;; tries++) {
      const count = call();
      if (count !== undefined) {
        if (this.turns.areDue) await this.turns.give();
        return count;
      }
      if (tries < TRIES_HERE) await waitHere();
      else await this.turns.pass(wait());
    }
  }

  protected override async finish(): Promise<void> {
    await this.#sent;
    this.#closeOutput();
  }

  /** Closes both ways; what is read or written from now on is lost. */
  [Symbol.dispose](): void {
    this.#closeOutput();
    if (this.#input !== libc.CLOSED) libc.close(this.#input);
    this.#input = libc.CLOSED;
  }

  #closeOutput(): void {
    if (this.#output !== libc.CLOSED) libc.close(this.#output);
    this.#output = libc.CLOSED;
  }
}
