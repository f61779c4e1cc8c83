import type { Attributes, Times } from "../filesystem/file_system.ts";
import type { EntryStatus } from "../filesystem/served_file_system.ts";
import {
  close,
  CLOSED,
  closeWritten,
  read,
  writable,
  write,
} from "../system/descriptors.ts";
import { type Calls, checked, checkedOnce, libcCalls } from "../system/libc.ts";
import { AT_EMPTY_PATH, statusCalls } from "../system/status.ts";
import { passingPath } from "./linux_path.ts";
import type { ServerFile } from "./server_calls.ts";

const FUNCTIONS = {
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  fsync: { parameters: ["i32"], result: "i32" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  fchmod: { parameters: ["i32", "u32"], result: "i32" },
  futimens: { parameters: ["i32", "buffer"], result: "i32" },
} as const;

let loaded: Calls<typeof FUNCTIONS> | undefined;

/**
 * Finds the calls for open files, once.
 *
 * @throws {Error} If the system has no such calls, or they may not be used.
 */
export function fileCalls(): Calls<typeof FUNCTIONS> {
  return loaded ??= libcCalls(FUNCTIONS, {
    copy: ["fchmod", "futimens"],
    server: ["fchmod", "ftruncate", "futimens", "lseek"],
  });
}

/** An open file by its descriptor, which it owns. */
export class LinuxFile implements ServerFile {
  #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Descriptor, as long as the file is open. */
  get descriptor(): number {
    return this.#fd;
  }

  fstat(): Attributes {
    const { look, read } = statusCalls();
    const name = passingPath("");
    checked(() => look(this.#fd, name, AT_EMPTY_PATH));
    return read();
  }

  look(): EntryStatus {
    const { look, whole } = statusCalls();
    const name = passingPath("");
    checked(() => look(this.#fd, name, AT_EMPTY_PATH));
    return whole();
  }

  sync(): void {
    // The system tells of a failed write once.
    checkedOnce(() => fileCalls().fsync(this.#fd));
  }

  seek(at: number): void {
    const SEEK_SET = 0; // Of <unistd.h>.
    checked(() => fileCalls().lseek(this.#fd, BigInt(at), SEEK_SET));
  }

  /** Waits for bytes: what is read was opened without O_NONBLOCK. */
  read(buffer: Uint8Array): number {
    return read(this.#fd, buffer)!;
  }

  write(bytes: Uint8Array): number | Promise<number> {
    return write(this.#fd, bytes) ?? this.#writeLater(bytes);
  }

  async #writeLater(bytes: Uint8Array): Promise<number> {
    for (;;) {
      await writable(this.#fd);
      const count = write(this.#fd, bytes);
      if (count !== undefined) return count;
    }
  }

  ftruncate(size: number): void {
    checked(() => fileCalls().ftruncate(this.#fd, BigInt(size)));
  }

  fchmod(mode: number): void {
    checked(() => fileCalls().fchmod(this.#fd, mode));
  }

  futimes(times: Times): void {
    const specs = timeSpecs(times);
    checked(() => fileCalls().futimens(this.#fd, specs));
  }

  close(): void {
    closeWritten(this.#release());
  }

  [Symbol.dispose](): void {
    close(this.#release());
  }

  /** Gives the descriptor to close: no later call may take its number. */
  #release(): number {
    const fd = this.#fd;
    this.#fd = CLOSED;
    return fd;
  }
}

/** Memory of the times that are passed to one call. */
const passedTimes = new BigInt64Array(4);

/**
 * Gives both times as utimensat(2) takes them, each as seconds and nanoseconds; a
 * fraction of a millisecond holds microseconds. They are for one call that is made at
 * once: the next ones take their place.
 */
export function timeSpecs(
  { accessed, modified }: Times,
): BigInt64Array<ArrayBuffer> {
  putTime(accessed, 0);
  putTime(modified, 2);
  return passedTimes;
}

function putTime(time: number, at: number): void {
  const seconds = Math.floor(time / 1000);
  const microseconds = Math.round((time - seconds * 1000) * 1000);
  passedTimes[at] = BigInt(seconds);
  passedTimes[at + 1] = BigInt(microseconds * 1000);
}
