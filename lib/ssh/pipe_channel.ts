import * as libc from "../system/descriptors.ts";
import { canSplice, splice } from "../system/splice.ts";
import { BufferedChannel } from "../channel/buffered_channel.ts";
import type { Channel } from "../channel/channel.ts";
import type { OpenFile } from "../filesystem/file_system.ts";

/** Capacity of a pipe, in bytes: the most that a user other than root may have. */
export const PIPE_BYTES = 1024 * 1024;

/** More than a channel holds back itself, in bytes. */
const HELD_BYTES = 64 * 1024;

/** Bytes per block. Measured: neither half nor four times as much is better. */
const BLOCK_BYTES = 256 * 1024;

/**
 * Time in which a full pipe gets room again. Measured: the shortest timer takes
 * more than a millisecond, in which ssh runs out of bytes.
 */
const GATHER_MICROSECONDS = 300;

/** Longest blocking wait for the next bytes. */
const SOON_MILLISECONDS = 1;

/**
 * Fewest bytes in flight that are worth reading together, in one call. Each read
 * costs some 5 µs: measured, a twelfth of the time of a large download over SFTP.
 */
const TOGETHER_BYTES = 64 * 1024;

/** Tries with a blocking wait before another thread waits. */
const BLOCKING_TRIES = 5;

/**
 * Most channels that wait by blocking: each wait stops the others. Measured at
 * 100 ms: eight that do move half as much.
 */
const MOST_BLOCKING = 2;

/** Channels that are open in this process. */
let channelsOpen = 0;

/** Channels whose peer is waited for. A blocking wait is for each of them. */
const waiting = new Set<PipeChannel>();

/** Waits for a call that would block. */
interface Waits {
  /**
   * Waits for a moment on this thread, which stops everything else; gives false where
   * others had work to do instead, which may lead to more of it.
   */
  waitHere(): Promise<boolean>;
  /** Waits on another thread until the call can do something. */
  wait(): Promise<void>;
}

/**
 * Channel over a socket and a pipe: a large file takes a tenth to a fifth less CPU
 * time than over Web streams. Bytes that can move at once do. Else this thread
 * waits for a moment, then another one. A socket wakes us once per write of ssh;
 * pauses let a full pipe drain, so that one wake moves many bytes.
 */
export class PipeChannel extends BufferedChannel implements Disposable {
  readonly writeFrom: Channel["writeFrom"];
  readonly unseenBytes = PIPE_BYTES + HELD_BYTES;
  #input: number;
  #output: number;
  /** Resolves once everything that was queued is sent. */
  #sent = Promise.resolve();
  /** Count of the sends that are not done, and of all so far. */
  #sends = 0;
  #begunSends = 0;
  /** Waits for room in the pipe. */
  readonly #room: Waits = {
    waitHere: async () => {
      libc.pause(GATHER_MICROSECONDS);
      return true;
    },
    wait: () => libc.writable(this.#output),
  };

  /**
   * Takes ownership of both descriptors.
   *
   * @param input Socket to read from.
   * @param output Pipe to write to.
   */
  constructor(input: number, output: number) {
    super(BLOCK_BYTES);
    channelsOpen++;
    this.#input = input;
    this.#output = output;
    libc.setReceiveTime(input, SOON_MILLISECONDS);
    libc.setNonBlocking(output);
    if (canSplice()) this.writeFrom = this.#writeFrom;
  }

  protected override async receive(
    buffer: ArrayBuffer,
    soon: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(buffer);
    const together = await this.#receiveTogether(bytes.subarray(0, soon));
    if (together !== undefined) return together;
    const count = await this.#receiveSome(bytes);
    return bytes.subarray(0, count);
  }

  /** Waits for bytes; gives their number, 0 at the end. */
  async #receiveSome(bytes: Uint8Array): Promise<number> {
    waiting.add(this);
    try {
      return await this.#retried(() => libc.receive(this.#input, bytes), {
        waitHere: async () => {
          const begun = this.#begunSends;
          const mayBlock = await this.#mayBlock();
          if (mayBlock) PipeChannel.#awaitOne();
          return mayBlock || this.#begunSends === begun;
        },
        wait: () => libc.readable(this.#input),
      });
    } finally {
      waiting.delete(this);
    }
  }

  /** Blocks until a peer that is waited for has sent something, for a moment at most. */
  static #awaitOne(): void {
    const inputs = Array.from(waiting, (channel) => channel.#input);
    libc.isOneReadableWithin(inputs, SOON_MILLISECONDS);
  }

  /** Waits a moment for a full buffer; `undefined` if nothing came. */
  async #receiveTogether(
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (bytes.length < TOGETHER_BYTES || channelsOpen > MOST_BLOCKING) {
      return undefined;
    }
    if (!await this.#mayBlock()) return undefined;
    const count = libc.receiveAll(this.#input, bytes);
    return count === undefined ? undefined : bytes.subarray(0, count);
  }

  /**
   * Tells whether a blocking wait is harmless: others had their turn to use the
   * bytes received and to ask for more, and have nothing left to do or to send.
   */
  async #mayBlock(): Promise<boolean> {
    const wasAlone = await this.turns.give();
    await this.flushIfPeerListens();
    return wasAlone && this.#sends === 0;
  }

  protected override send(bytes: Uint8Array): Promise<void> {
    return this.#sendNext(() => this.#writeAll(bytes));
  }

  async #writeFrom(
    file: Pick<OpenFile, "descriptor">,
    at: number,
    length: number,
  ): Promise<number | undefined> {
    return await this.sendBehind(() =>
      this.#sendNext(() => this.#splice(file, at, length))
    );
  }

  /** Sends behind what is in flight. */
  #sendNext<T>(send: () => Promise<T>): Promise<T> {
    this.#sends++;
    this.#begunSends++;
    const sent = this.#sent.then(send);
    this.#sent = sent.then(() => {}, () => {
      // The sender gets the error.
    }).finally(() => this.#sends--);
    return sent;
  }

  /** Fills the pipe from a file, until all is there or it is full once more. */
  async #splice(
    file: Pick<OpenFile, "descriptor">,
    start: number,
    length: number,
  ): Promise<number | undefined> {
    let count = 0;
    while (count < length) {
      // A pipe that took only a part is full.
      if (count > 0) this.#pauseAlone();
      const place = { at: start + count, length: length - count };
      const part = await this.#retried(() => {
        // A file that was closed meanwhile has none: another one may have its number.
        const { descriptor = libc.CLOSED } = file;
        const result = splice(descriptor, this.#output, place);
        return result === "full" ? undefined : result;
      }, this.#room);
      if (part === "impossible") return count || undefined;
      if (part === 0) break;
      count += part;
    }
    return count;
  }

  /** Waits for a moment where that stops nobody else. */
  #pauseAlone(): void {
    if (channelsOpen <= MOST_BLOCKING) libc.pause(GATHER_MICROSECONDS);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const rest = bytes.subarray(at);
      // A pipe that took only a part is full.
      if (at > 0) this.#pauseAlone();
      at += await this.#retried(
        () => libc.write(this.#output, rest),
        this.#room,
      );
    }
  }

  /** Repeats a call until it does not block. */
  async #retried<T>(
    call: () => T | undefined,
    { waitHere, wait }: Waits,
  ): Promise<T> {
    for (let tries = 0;;) {
      const count = call();
      if (count !== undefined) {
        if (this.turns.areDue) await this.turns.give();
        return count;
      }
      const mayWaitHere = tries < BLOCKING_TRIES &&
        channelsOpen <= MOST_BLOCKING;
      if (mayWaitHere) tries += await waitHere() ? 1 : 0;
      else await this.turns.pass(wait());
    }
  }

  protected override async finish(): Promise<void> {
    await this.#sent;
    this.#closeOutput();
  }

  /** Closes both descriptors; later reads and writes are lost. */
  [Symbol.dispose](): void {
    this.#closeOutput();
    if (this.#input === libc.CLOSED) return;
    libc.close(this.#input);
    this.#input = libc.CLOSED;
    channelsOpen--;
  }

  #closeOutput(): void {
    if (this.#output !== libc.CLOSED) libc.close(this.#output);
    this.#output = libc.CLOSED;
  }
}
