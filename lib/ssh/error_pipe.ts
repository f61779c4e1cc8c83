import {
  close,
  isReadableWithin,
  LibcError,
  makePipe,
  type Pipe,
  read,
  readable,
  setNonBlocking,
  write,
} from "../system/libc.ts";
import { openPseudoTerminal } from "../system/pseudo_terminal.ts";
import type { Hear } from "./spawner.ts";

/** Most that waits in the pipe, in bytes. */
const PIPE_BYTES = 64 * 1024;

/** Most that is read at a time, in bytes. */
const BLOCK_BYTES = 16 * 1024;

/** Most that is read once the program has ended: a full pipe, in bytes. */
const LAST_BYTES = PIPE_BYTES;

/** A program's standard error on its way to us. */
export class ErrorPipe implements Disposable {
  readonly #pipe: Pipe;
  readonly #hear: Hear;
  readonly #block = new Uint8Array(BLOCK_BYTES);
  #isOver = false;

  /**
   * Opens it. Where our own standard error is a terminal it is one too: ssh
   * says only there that a key wants to be touched.
   */
  constructor(hear: Hear) {
    this.#hear = hear;
    this.#pipe = Deno.stderr.isTerminal()
      ? terminalOrPipe()
      : makePipe(PIPE_BYTES);
    setNonBlocking(this.#pipe.readEnd);
  }

  /** The descriptor that the program writes to. */
  get writeEnd(): number {
    return this.#pipe.writeEnd;
  }

  /**
   * Listens until the program has ended, then takes what is left and closes
   * both ends: others that it started may hold theirs for much longer.
   */
  async listenUntil(ended: Promise<unknown>): Promise<void> {
    const listening = this.#listen();
    await ended;
    for (let left = LAST_BYTES; left > 0;) {
      const count = this.#take();
      if (count === 0) break;
      left -= count;
    }
    this.#isOver = true;
    this.#wake();
    await listening;
    this[Symbol.dispose]();
  }

  async #listen(): Promise<void> {
    for (;;) {
      await readable(this.#pipe.readEnd);
      if (this.#isOver) return;
      this.#take();
    }
  }

  /** Reads what has come, once; gives its length in bytes. */
  #take(): number {
    const count = readOrEnd(this.#pipe.readEnd, this.#block);
    if (count > 0) this.#hear(this.#block.subarray(0, count));
    return count;
  }

  /** Ends the wait for more. We hold the other end, so none ends by itself. */
  #wake(): void {
    const { readEnd, writeEnd } = this.#pipe;
    if (!isReadableWithin(readEnd, 0)) write(writeEnd, new Uint8Array(1));
  }

  [Symbol.dispose](): void {
    close(this.#pipe.readEnd);
    close(this.#pipe.writeEnd);
  }
}

function terminalOrPipe(): Pipe {
  try {
    return openPseudoTerminal();
  } catch (error) {
    if (!(error instanceof LibcError)) throw error;
    return makePipe(PIPE_BYTES);
  }
}

function readOrEnd(fd: number, block: Uint8Array): number {
  try {
    return read(fd, block) ?? 0;
  } catch (error) {
    if (error instanceof LibcError) return 0;
    throw error;
  }
}
