/** Linux's own file calls. Paths are names as `name_bytes.ts` decodes them. */

import { entryCalls, linkBytes, nameBytes } from "../system/entries.ts";
import {
  bytesOf,
  type Calls,
  checked,
  EINVAL,
  ENOENT,
  libcCalls,
  LibcError,
  O_CLOEXEC,
  O_NONBLOCK,
  setNonBlocking,
  unlessErrno,
} from "../system/libc.ts";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  type Status,
  statusCalls,
} from "../system/status.ts";
import { decodeName, encodeName } from "../names/name_bytes.ts";

const FUNCTIONS = {
  open_on_thread: {
    name: "open",
    parameters: ["buffer", "i32", "u32"],
    result: "i32",
    nonblocking: true,
  },
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  fchmod: { parameters: ["i32", "u32"], result: "i32" },
  chmod: { parameters: ["buffer", "u32"], result: "i32" },
  futimens: { parameters: ["i32", "buffer"], result: "i32" },
  utimensat: { parameters: ["i32", "buffer", "buffer", "i32"], result: "i32" },
  mkdir: { parameters: ["buffer", "u32"], result: "i32" },
  unlink: { parameters: ["buffer"], result: "i32" },
  symlink: { parameters: ["buffer", "buffer"], result: "i32" },
} as const;

let loaded: Calls<typeof FUNCTIONS> | undefined;

function libc(): Calls<typeof FUNCTIONS> {
  return loaded ??= libcCalls(FUNCTIONS, ["fchmod", "futimens"]);
}

/** Whether this system has these calls, under which a name is any bytes. */
export function hasFileCalls(): boolean {
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

// Of Linux's <fcntl.h>, the same on x86_64 and aarch64.
export const O_RDONLY = 0;
export const O_WRONLY = 0o1;
export const O_CREAT = 0o100;
const O_EXCL = 0o200;

// Of <errno.h>.
const EEXIST = 17;
const EISDIR = 21;
const ENXIO = 6;

/** Opens a file, to be closed by `close`; no program we run inherits it. */
export function open(path: string, flags: number, mode = 0): number {
  const name = pathBytes(path);
  return checked(() => entryCalls().open(name, flags | O_CLOEXEC, mode));
}

/**
 * Makes a file and opens it to be written, to be closed by `close`; `undefined`
 * if something is there, or the path ends in a slash.
 */
export function create(path: string, mode: number): number | undefined {
  const flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  const name = pathBytes(path);
  // The latter is refused as a directory, whatever it is.
  return unlessErrno(
    [EEXIST, EISDIR],
    () => entryCalls().open(name, flags, mode),
  );
}

/**
 * Opens what is there and no regular file: waits, on a thread, until somebody
 * reads a FIFO that nobody reads. What is opened gives `undefined` instead of
 * keeping a read or write waiting.
 */
export async function openPatiently(
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

/** Has the next read or write begin at the byte `at`. */
export function seek(fd: number, at: number): void {
  const SEEK_SET = 0; // Of <unistd.h>.
  checked(() => libc().lseek(fd, BigInt(at), SEEK_SET));
}

export function ftruncate(fd: number, size: number): void {
  checked(() => libc().ftruncate(fd, BigInt(size)));
}

export function fchmod(fd: number, mode: number): void {
  checked(() => libc().fchmod(fd, mode));
}

export function chmod(path: string, mode: number): void {
  const name = pathBytes(path);
  checked(() => libc().chmod(name, mode));
}

/** Sets both times, in milliseconds since 1970 UTC. */
export function futimens(fd: number, accessed: number, modified: number): void {
  const times = timeSpecs(accessed, modified);
  checked(() => libc().futimens(fd, times));
}

/** Sets both times, in milliseconds since 1970 UTC, links followed. */
export function utimens(
  path: string,
  accessed: number,
  modified: number,
): void {
  const name = pathBytes(path);
  const times = timeSpecs(accessed, modified);
  checked(() => libc().utimensat(AT_FDCWD, name, times, 0));
}

/** What is at `path`, links followed. */
export function stat(path: string): Status {
  const { look, read } = statusCalls();
  const name = pathBytes(path);
  checked(() => look(AT_FDCWD, name, 0));
  return read();
}

/** The same; `undefined` if nothing is. */
export function find(path: string): Status | undefined {
  const { look, read } = statusCalls();
  const name = pathBytes(path);
  const found = unlessErrno([ENOENT], () => look(AT_FDCWD, name, 0));
  return found === undefined ? undefined : read();
}

export function fstat(fd: number): Status {
  const { look, read } = statusCalls();
  const name = pathBytes("");
  checked(() => look(fd, name, AT_EMPTY_PATH));
  return read();
}

export function mkdir(path: string, mode: number): void {
  const name = pathBytes(path);
  checked(() => libc().mkdir(name, mode));
}

export function unlink(path: string): void {
  const name = pathBytes(path);
  checked(() => libc().unlink(name));
}

/** Removes what is at `path`, if there is something and it is no directory. */
export function unlinkUnlessDirectory(path: string): void {
  const name = pathBytes(path);
  unlessErrno([ENOENT, EISDIR], () => libc().unlink(name));
}

export function symlink(destination: string, path: string): void {
  const [text, name] = [pathBytes(destination), pathBytes(path)];
  checked(() => libc().symlink(text, name));
}

/** What a symbolic link says; `undefined` if something else is there. */
export function readlink(path: string): string | undefined {
  const bytes = linkBytes(pathBytes(path));
  return bytes === undefined ? undefined : decodeName(bytes);
}

/** The names in an open directory, `.` and `..` among them, read part by part. */
export function* entryNames(fd: number): Iterable<string> {
  for (const bytes of nameBytes(fd)) yield decodeName(bytes);
}

/** Each time as seconds and nanoseconds; a fraction holds microseconds. */
function timeSpecs(...times: readonly number[]): BigInt64Array<ArrayBuffer> {
  return BigInt64Array.from(times.flatMap((time) => {
    const seconds = Math.floor(time / 1000);
    const microseconds = Math.round((time - seconds * 1000) * 1000);
    return [BigInt(seconds), BigInt(microseconds * 1000)];
  }));
}

/** A path as C takes it. */
function pathBytes(path: string): Uint8Array<ArrayBuffer> {
  if (path.includes("\0")) throw new LibcError(EINVAL);
  return bytesOf(encodeName(`${path}\0`));
}
