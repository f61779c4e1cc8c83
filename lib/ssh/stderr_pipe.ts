import {
  close,
  makePipe,
  type Pipe,
  read,
  readable,
  setNonBlocking,
  write,
} from "../system/descriptors.ts";
import { LibcError } from "../system/libc.ts";
import {
  openForWriting,
  openPseudoTerminal,
} from "../system/pseudo_terminal.ts";
import type { StderrListener } from "./spawner.ts";

/** Capacity of the pipe, in bytes. */
const PIPE_BYTES = 64 * 1024;

/** Most bytes per read. */
const BLOCK_BYTES = 16 * 1024;

/** Most bytes to read once the program has ended: a full pipe. */
const LAST_BYTES = PIPE_BYTES;

/** State of the pipe: over at its end, or where nothing more is wanted. */
type State = "listening" | "over";

/** Pipe from a program's standard error to a listener. */
export class StderrPipe implements Disposable {
  readonly #pipe: Pipe & { readonly path?: string };
  readonly #listener: StderrListener;
  readonly #block = new Uint8Array(BLOCK_BYTES);
  #state: State = "listening";
  #holdsWriteEnd = true;

  /**
   * Opens the pipe; a pseudo-terminal where our own standard error is a terminal,
   * since only there ssh reports that a key wants to be touched.
   */
  constructor(listener: StderrListener) {
    this.#listener = listener;
    this.#pipe = Deno.stderr.isTerminal()
      ? terminalOrPipe()
      : makePipe(PIPE_BYTES);
    setNonBlocking(this.#pipe.readEnd);
  }

  /** Descriptor that the program writes to. */
  get writeEnd(): number {
    return this.#pipe.writeEnd;
  }

  /**
   * Listens until the program has ended, then reads the rest and closes the pipe,
   * which the program's children may hold for much longer. Call it once the program
   * has its descriptor.
   */
  async listenUntil(ended: Promise<unknown>): Promise<void> {
    // Without /proc only this end can wake the reader.
    if (Deno.build.os === "linux") this.#closeWriteEnd();
    const listening = this.#listen();
    await ended;
    for (let left = LAST_BYTES; this.#state === "listening" && left > 0;) {
      const count = this.#readOnce();
      if (count === undefined) break;
      left -= count;
    }
    if (this.#state === "listening") this.#wake();
    await listening;
    this[Symbol.dispose]();
  }

  async #listen(): Promise<void> {
    while (this.#state === "listening") {
      await readable(this.#pipe.readEnd);
      if (this.#state === "listening") this.#readOnce();
    }
  }

  /** Reads once; gives the count of bytes, `undefined` if none have come. */
  #readOnce(): number | undefined {
    const count = readToEnd(this.#pipe.readEnd, this.#block);
    if (count === 0) this.#state = "over";
    else if (count !== undefined) {
      this.#listener(this.#block.subarray(0, count));
    }
    return count;
  }

  /** Ends the wait for more bytes, which other writers could still send. */
  #wake(): void {
    this.#state = "over";
    const { readEnd, writeEnd, path = `/proc/self/fd/${readEnd}` } = this.#pipe;
    const fd = this.#holdsWriteEnd ? writeEnd : openForWriting(path);
    // In a full pipe the byte is lost, but there is something to read.
    setNonBlocking(fd);
    write(fd, new Uint8Array(1));
    if (fd !== writeEnd) close(fd);
  }

  #closeWriteEnd(): void {
    if (this.#holdsWriteEnd) close(this.#pipe.writeEnd);
    this.#holdsWriteEnd = false;
  }

  [Symbol.dispose](): void {
    this.#closeWriteEnd();
    close(this.#pipe.readEnd);
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

/** Reads as `read` does; a pseudo-terminal without a writer is at its end. */
function readToEnd(fd: number, block: Uint8Array): number | undefined {
  try {
    return read(fd, block);
  } catch (error) {
    if (error instanceof LibcError) return 0;
    throw error;
  }
}
