import { BufferedChannel } from "../channel/buffered_channel.ts";
import * as libc from "./descriptors.ts";
import { compileCalls } from "./libc.ts";
import type { PatientInput, PatientOutput } from "./standard_streams.ts";

/** Bytes per block. */
const BLOCK_BYTES = 256 * 1024;

/** Longest blocking wait for room, in milliseconds: signals wait for it, too. */
const WAIT_MILLISECONDS = 20;

/** Blocking waits before another thread waits. */
const BLOCKING_WAITS = 10;

/** Reads after which a session is long enough for its calls to be compiled. */
const READS_BEFORE_COMPILED = 32;

/**
 * Channel over two descriptors of this process that are its own to wait for: each
 * wait stops all else, so that an answer leaves a few microseconds after its request.
 */
export class DescriptorChannel extends BufferedChannel implements Disposable {
  readonly #input: PatientInput;
  readonly #output: PatientOutput;
  readonly #ended = Promise.withResolvers<void>();
  #hasEnded = false;
  #isOpen = true;
  #reads = 0;

  /**
   * @param input Where to read from; the channel disposes of it.
   * @param output Where to write to; the channel closes it.
   */
  constructor(input: PatientInput, output: PatientOutput) {
    super(BLOCK_BYTES);
    this.#input = input;
    this.#output = output;
  }

  protected override async receive(
    buffer: ArrayBuffer,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(buffer);
    for (let waits = 0; !this.#hasEnded; waits++) {
      if (this.turns.areDue) await this.turns.give();
      if (waits >= BLOCKING_WAITS) {
        const readable = libc.readable(this.#input.descriptor);
        await this.turns.pass(Promise.race([readable, this.#ended.promise]));
        if (this.#hasEnded) break;
      }
      const part = this.#read(bytes);
      if (part !== undefined) return part;
    }
    return bytes.subarray(0, 0);
  }

  protected override receiveNow(
    buffer: ArrayBuffer,
  ): Uint8Array<ArrayBuffer> | undefined {
    if (this.#hasEnded || this.turns.areDue) return undefined;
    return this.#read(new Uint8Array(buffer));
  }

  /** Reads what comes within a moment; `undefined` where nothing does. */
  #read(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
    const count = this.#input.read(bytes);
    if (count === undefined) return undefined;
    if (++this.#reads === READS_BEFORE_COMPILED) compileCalls("server");
    return bytes.subarray(0, count);
  }

  protected override async send(bytes: Uint8Array): Promise<void> {
    for (let at = 0, waits = 0; at < bytes.length;) {
      if (this.turns.areDue) await this.turns.give();
      const count = this.#output.write(bytes.subarray(at));
      if (count !== undefined) {
        at += count;
        waits = 0;
      } else if (waits++ < BLOCKING_WAITS) {
        libc.isWritableWithin(this.#output.descriptor, WAIT_MILLISECONDS);
      } else await this.turns.pass(libc.writable(this.#output.descriptor));
    }
  }

  protected override sendNow(bytes: Uint8Array): number {
    return this.#output.write(bytes) ?? 0;
  }

  protected override async finish(): Promise<void> {
    this[Symbol.dispose]();
  }

  /** Ends the input as if the peer had: a read that waits gets no bytes. */
  endInput(): void {
    this.#hasEnded = true;
    this.#ended.resolve();
  }

  /** Closes the output; later writes are lost. */
  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#input[Symbol.dispose]();
    libc.close(this.#output.descriptor);
  }
}
