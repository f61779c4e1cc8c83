import * as libc from "../system/libc.ts";
import { BufferedChannel } from "./buffered_channel.ts";

/** In bytes. Measured, neither half of it nor four times as much is better. */
const BLOCK_BYTES = 256 * 1024;

/**
 * How long a body's bytes, or room for them, may gather before they are looked
 * for again. Measured: in 100 µs little comes, and in a timer's shortest time,
 * which is more than a millisecond, ssh fills the pipe and has to wait.
 */
const GATHER_MICROSECONDS = 300;

/** How often they are looked for so, before it is called a wait. */
const GATHERINGS = 5;

/** How long a short message is waited for right here, without a thread. */
const SOON_MILLISECONDS = 1;

/** How long we may go on without letting timers and signals have their turn. */
const TURN_MILLISECONDS = 10;

/** What a descriptor is once it was closed: no call takes it. */
const CLOSED = -1;

/**
 * A channel over two pipes of our own, on Linux: a large file takes ssh and us
 * a tenth to a fifth less CPU time than over Web streams. What can be moved at
 * once is. What cannot is waited for in one of two ways: a long body, or room
 * in a full pipe, by some pauses of this thread, so that one waking moves a lot;
 * a short message by a moment's pause that it ends, if there is nothing to send meanwhile, and
 * then by another thread, so that it is here at once.
 */
export class PipeChannel extends BufferedChannel implements Disposable {
  #input: number;
  #output: number;
  /** Resolves when all that is to be sent was. */
  #sent = Promise.resolve();
  /** How much is to be sent yet, in calls. */
  #sends = 0;
  /** When others last had their turn. */
  #turned = performance.now();

  /**
   * Owns both descriptors, of pipes, from now on.
   *
   * @param input What is read from.
   * @param output What is written to.
   */
  constructor(input: number, output: number) {
    super(BLOCK_BYTES);
    this.#input = input;
    this.#output = output;
    libc.setNonBlocking(input);
    libc.setNonBlocking(output);
  }

  protected override async receive(
    buffer: ArrayBuffer,
    limit: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(buffer);
    const count = await this.#retried(
      () => libc.read(this.#input, bytes),
      limit < BLOCK_BYTES ? 0 : GATHERINGS,
      () => this.#readable(),
    );
    return bytes.subarray(0, count);
  }

  async #readable(): Promise<void> {
    const isIdle = this.#sends === 0;
    if (isIdle && libc.isReadableWithin(this.#input, SOON_MILLISECONDS)) return;
    await this.#turn(libc.readable(this.#input));
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
      at += await this.#retried(
        () => libc.write(this.#output, rest),
        GATHERINGS,
        () => this.#turn(libc.writable(this.#output)),
      );
    }
  }

  /**
   * Makes a call until it need not wait.
   *
   * @param gatherings How often it is made again after a pause.
   * @param possible Waits until the call can do something.
   */
  async #retried(
    call: () => number | undefined,
    gatherings: number,
    possible: () => Promise<void>,
  ): Promise<number> {
    for (let tries = 0;; tries++) {
      const count = call();
      if (count !== undefined) {
        await this.#letOthersTurn();
        return count;
      }
      if (tries < gatherings) libc.pause(GATHER_MICROSECONDS);
      else await possible();
    }
  }

  async #letOthersTurn(): Promise<void> {
    const now = performance.now();
    if (now - this.#turned > TURN_MILLISECONDS) await this.#turn(libc.turn());
  }

  /** @param event What comes with a turn of the event loop. */
  async #turn(event: Promise<void>): Promise<void> {
    await event;
    this.#turned = performance.now();
  }

  protected override async finish(): Promise<void> {
    await this.#sent;
    this.#closeOutput();
  }

  /** Closes both ways; what is read or written from now on is lost. */
  [Symbol.dispose](): void {
    this.#closeOutput();
    if (this.#input !== CLOSED) libc.close(this.#input);
    this.#input = CLOSED;
  }

  #closeOutput(): void {
    if (this.#output !== CLOSED) libc.close(this.#output);
    this.#output = CLOSED;
  }
}
