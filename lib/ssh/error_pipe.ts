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
import type { Hear } from "./spawner.ts";

/** Most that waits in the pipe, in bytes. */
const PIPE_BYTES = 64 * 1024;

/** Most that is read at a time, in bytes. */
const BLOCK_BYTES = 16 * 1024;

/** Most that is read once the program has ended: a full pipe, in bytes. */
const LAST_BYTES = PIPE_BYTES;

/** State of the listening: over once all has come, or nothing more is wanted. */
type State = "listening" | "over";

/** A program's standard error on its way to us. */
export class ErrorPipe implements Disposable {
  readonly #pipe: Pipe & { readonly path?: string };
  readonly #hear: Hear;
  readonly #block = new Uint8Array(BLOCK_BYTES);
  #state: State = "listening";
  #holdsWriteEnd = true;

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
   * Listens until the program has ended, then takes what is left and closes the
   * pipe: others that it started may hold it for much longer. The program has
   * its descriptor by now.
   */
  async listenUntil(ended: Promise<unknown>): Promise<void> {
    // Without /proc nothing but this end can wake us.
    if (Deno.build.os === "linux") this.#closeWriteEnd();
    const listening = this.#listen();
    await ended;
    for (let left = LAST_BYTES; this.#state === "listening" && left > 0;) {
      const count = this.#take();
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
      if (this.#state === "listening") this.#take();
    }
  }

  /** Reads what has come, once: how many bytes; `undefined` if nothing has. */
  #take(): number | undefined {
    const count = readToEnd(this.#pipe.readEnd, this.#block);
    if (count === 0) this.#state = "over";
    else if (count !== undefined) this.#hear(this.#block.subarray(0, count));
    return count;
  }

  /** Ends the wait for more, which others could still write. */
  #wake(): void {
    this.#state = "over";
    const { readEnd, writeEnd, path = `/proc/self/fd/${readEnd}` } = this.#pipe;
    const fd = this.#holdsWriteEnd ? writeEnd : openForWriting(path);
    // Where there is no room for it, there is something to be read.
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

/** Reads as `read` does; a terminal that nobody holds has come to its end. */
function readToEnd(fd: number, block: Uint8Array): number | undefined {
  try {
    return read(fd, block);
  } catch (error) {
    if (error instanceof LibcError) return 0;
    throw error;
  }
}
