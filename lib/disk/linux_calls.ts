/**
 * Linux's own file calls. They take and give every name, as `name_bytes.ts`
 * decodes it, and reach devices and `/proc`, which the runtime refuses to
 * programs without all permissions.
 */

import type {
  Attributes,
  DirectoryEntry,
  Times,
} from "../filesystem/file_system.ts";
import {
  decodeName,
  encodeName,
  encodeNameInto,
  MOST_BYTES_A_UNIT,
} from "../names/name_bytes.ts";
import {
  DT_DIR,
  DT_REG,
  entryCalls,
  linkBytes,
  listedEntries,
} from "../system/entries.ts";
import {
  close,
  CLOSED,
  closeWritten,
  O_CLOEXEC,
  O_NONBLOCK,
  read,
  setNonBlocking,
  writable,
  write,
} from "../system/descriptors.ts";
import {
  bytesOf,
  type Calls,
  checked,
  checkedOnce,
  EEXIST,
  EINVAL,
  ENOENT,
  libcCalls,
  LibcError,
  unlessErrno,
} from "../system/libc.ts";
import { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } from "../system/fcntl.ts";
import { AT_EMPTY_PATH, AT_FDCWD, statusCalls } from "../system/status.ts";
import type { EntryStatus } from "../filesystem/served_file_system.ts";
import type { ServerFile } from "./server_calls.ts";
import type { SystemCalls } from "./system_calls.ts";

const FUNCTIONS = {
  open_on_thread: {
    name: "open",
    parameters: ["buffer", "i32", "u32"],
    result: "i32",
    nonblocking: true,
  },
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  fsync: { parameters: ["i32"], result: "i32" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  fchmod: { parameters: ["i32", "u32"], result: "i32" },
  chmod: { parameters: ["buffer", "u32"], result: "i32" },
  futimens: { parameters: ["i32", "buffer"], result: "i32" },
  utimensat: { parameters: ["i32", "buffer", "buffer", "i32"], result: "i32" },
  mkdir: { parameters: ["buffer", "u32"], result: "i32" },
  rename: { parameters: ["buffer", "buffer"], result: "i32" },
  unlink: { parameters: ["buffer"], result: "i32" },
  symlink: { parameters: ["buffer", "buffer"], result: "i32" },
} as const;

let loaded: Calls<typeof FUNCTIONS> | undefined;

function libc(): Calls<typeof FUNCTIONS> {
  return loaded ??= libcCalls(FUNCTIONS, {
    copy: ["fchmod", "futimens"],
    server: ["fchmod", "ftruncate", "futimens", "lseek"],
  });
}

/** Tells whether this system has these calls and lets the program make them. */
export function hasLinuxCalls(): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    libc();
    entryCalls();
    statusCalls();
    return true;
  } catch {
    return false;
  }
}

// Of <errno.h>.
const ENXIO = 6;
const EISDIR = 21;

/** Linux's calls, by its C library. */
export const linuxCalls: SystemCalls = {
  setsByFile: true,

  stat: (path) => {
    const { look, read } = statusCalls();
    const name = passingPath(path);
    checked(() => look(AT_FDCWD, name, 0));
    return read();
  },

  find: (path) => {
    const { look, read } = statusCalls();
    const name = passingPath(path);
    const found = unlessErrno([ENOENT], () => look(AT_FDCWD, name, 0));
    return found === undefined ? undefined : read();
  },

  // Should a FIFO have taken the directory's place, its open does not wait.
  readdir: (path) => entriesIn(open(path, O_RDONLY | O_NONBLOCK)),

  openToRead: (path) => new LinuxFile(open(path, O_RDONLY)),

  create: (path, mode) => {
    const flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    const name = passingPath(path);
    // EISDIR refuses a path that ends in a slash, whatever is there.
    const fd = unlessErrno(
      [EEXIST, EISDIR],
      () => entryCalls().open(name, flags, mode),
    );
    return fd === undefined ? undefined : new LinuxFile(fd);
  },

  openToWrite: (path, mode) =>
    new LinuxFile(open(path, O_WRONLY | O_CREAT, mode)),

  openToWait: async (path, mode) =>
    new LinuxFile(await openPatiently(path, O_WRONLY | O_CREAT, mode)),

  mkdir: (path, mode) => {
    const name = pathBytes(path);
    checked(() => libc().mkdir(name, mode));
  },

  chmod: (path, mode) => {
    const name = pathBytes(path);
    checked(() => libc().chmod(name, mode));
  },

  utimes: (path, times) => {
    const name = pathBytes(path);
    const specs = timeSpecs(times);
    checked(() => libc().utimensat(AT_FDCWD, name, specs, 0));
  },

  rename: (from, to) => {
    const [old, name] = [pathBytes(from), pathBytes(to)];
    checked(() => libc().rename(old, name));
  },

  unlink: (path) => {
    const name = pathBytes(path);
    checked(() => libc().unlink(name));
  },

  unlinkUnlessDirectory: (path) => {
    const name = pathBytes(path);
    unlessErrno([ENOENT, EISDIR], () => libc().unlink(name));
  },

  readlink: (path) => {
    const bytes = linkBytes(pathBytes(path));
    return bytes === undefined ? undefined : decodeName(bytes);
  },

  symlink: (destination, path) => {
    const [text, name] = [pathBytes(destination), pathBytes(path)];
    checked(() => libc().symlink(text, name));
  },
};

/** Opens a file; no program we run inherits it. */
function open(path: string, flags: number, mode = 0): number {
  const name = passingPath(path);
  return checked(() => entryCalls().open(name, flags | O_CLOEXEC, mode));
}

/**
 * Opens a FIFO or a device that never keeps a read or write waiting. Where a FIFO
 * has no reader, waits for one on a thread.
 */
async function openPatiently(
  path: string,
  flags: number,
  mode: number,
): Promise<number> {
  try {
    return open(path, flags | O_NONBLOCK, mode);
  } catch (error) {
    if (!(error instanceof LibcError) || error.code !== ENXIO) throw error;
  }
  const name = pathBytes(path);
  const fd = await libc().open_on_thread(name, flags | O_CLOEXEC, mode);
  // Only now may the garbage collector take it. The thread's `errno` is its own.
  name.fill(0);
  if (fd === -1) throw new LibcError(ENXIO);
  setNonBlocking(fd);
  return fd;
}

/** Lists an open directory, and closes it, once the first entry was asked for. */
export function* entriesIn(fd: number): Generator<DirectoryEntry, void> {
  try {
    yield* listedEntries(fd, entryOf);
  } finally {
    close(fd);
  }
}

function entryOf(bytes: Uint8Array, type: number): DirectoryEntry | undefined {
  const name = decodeName(bytes);
  if (name === "." || name === "..") return undefined;
  if (type === DT_REG) return { name, kind: "file" };
  return type === DT_DIR ? { name, kind: "directory" } : { name };
}

/** An open file by its descriptor, which it owns. */
export class LinuxFile implements ServerFile {
  #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
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
    checkedOnce(() => libc().fsync(this.#fd));
  }

  seek(at: number): void {
    const SEEK_SET = 0; // Of <unistd.h>.
    checked(() => libc().lseek(this.#fd, BigInt(at), SEEK_SET));
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
    checked(() => libc().ftruncate(this.#fd, BigInt(size)));
  }

  fchmod(mode: number): void {
    checked(() => libc().fchmod(this.#fd, mode));
  }

  futimes(times: Times): void {
    const specs = timeSpecs(times);
    checked(() => libc().futimens(this.#fd, specs));
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

/**
 * Gives both times as utimensat(2) takes them, each as seconds and nanoseconds; a
 * fraction of a millisecond holds microseconds.
 */
export function timeSpecs(
  { accessed, modified }: Times,
): BigInt64Array<ArrayBuffer> {
  return BigInt64Array.from([accessed, modified].flatMap((time) => {
    const seconds = Math.floor(time / 1000);
    const microseconds = Math.round((time - seconds * 1000) * 1000);
    return [BigInt(seconds), BigInt(microseconds * 1000)];
  }));
}

/**
 * Gives a path as C takes it.
 *
 * @throws {LibcError} EINVAL, if C would cut it at a NUL.
 */
export function pathBytes(path: string): Uint8Array<ArrayBuffer> {
  checkPath(path);
  return bytesOf(encodeName(`${path}\0`));
}

/** Longest path that `passingPath` gives in the same memory, in code units. */
const PASSED_UNITS = 4096;

/** Bytes of the last path that was passed to a call. */
const passed = new Uint8Array(PASSED_UNITS * MOST_BYTES_A_UNIT + 1);

/**
 * Gives a path as `pathBytes` does, for one call that is made at once: the next path
 * may take its place. A copy of many files calls with little else.
 */
function passingPath(path: string): Uint8Array<ArrayBuffer> {
  if (path.length > PASSED_UNITS) return pathBytes(path);
  checkPath(path);
  passed[encodeNameInto(path, passed)] = 0;
  return passed;
}

function checkPath(path: string): void {
  if (path.includes("\0")) throw new LibcError(EINVAL);
}
