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
import { decodeName, encodeName } from "./name_bytes.ts";

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
  statx: {
    parameters: ["i32", "buffer", "i32", "u32", "buffer"],
    result: "i32",
  },
  mkdir: { parameters: ["buffer", "u32"], result: "i32" },
  unlink: { parameters: ["buffer"], result: "i32" },
  symlink: { parameters: ["buffer", "buffer"], result: "i32" },
} as const;

let loaded: Calls<typeof FUNCTIONS> | undefined;

function libc(): Calls<typeof FUNCTIONS> {
  return loaded ??= libcCalls(FUNCTIONS, ["statx", "fchmod", "futimens"]);
}

/** Whether this system has these calls, under which a name is any bytes. */
export function hasFileCalls(): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    libc();
    entryCalls();
    return true;
  } catch {
    return false;
  }
}

export const O_RDONLY = 0;
export const O_WRONLY = 0o1;
export const O_CREAT = 0o100;
const O_EXCL = 0o200;

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
  // The latter is refused as a folder, whatever it is.
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
  const SEEK_SET = 0;
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

/** What an inode says. */
export interface Status {
  /** The kind of entry (`S_IFMT`) and its permission bits. */
  readonly mode: number;
  readonly device: number;
  readonly inode: bigint;
  /** In bytes. */
  readonly size: number;
  /** In whole milliseconds since 1970 UTC. */
  readonly modified: number;
  /** In whole milliseconds since 1970 UTC. */
  readonly accessed: number;
  /** The same, of its birth or else its last change; directories alone. */
  readonly born?: number;
}

/** What is at `path`, links followed. */
export function stat(path: string): Status {
  checked(() => statx(AT_FDCWD, path, 0));
  return readStatus();
}

/** The same; `undefined` if nothing is. */
export function find(path: string): Status | undefined {
  const found = unlessErrno([ENOENT], () => statx(AT_FDCWD, path, 0));
  return found === undefined ? undefined : readStatus();
}

export function fstat(fd: number): Status {
  const AT_EMPTY_PATH = 0x1000;
  checked(() => statx(fd, "", AT_EMPTY_PATH));
  return readStatus();
}

export function mkdir(path: string, mode: number): void {
  const name = pathBytes(path);
  checked(() => libc().mkdir(name, mode));
}

export function unlink(path: string): void {
  const name = pathBytes(path);
  checked(() => libc().unlink(name));
}

/** Removes what is at `path`, if there is something and it is no folder. */
export function unlinkUnlessFolder(path: string): void {
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

/** The names in an open folder, `.` and `..` among them, read part by part. */
export function* entryNames(fd: number): Iterable<string> {
  for (const bytes of nameBytes(fd)) yield decodeName(bytes);
}

const AT_FDCWD = -100;

/** Asks `statx` for the time of birth, and tells that it gave it. */
const STATX_BTIME = 0x800;

/** Where the last `statx` left its status: one place for all, read at once. */
const status = new DataView(new ArrayBuffer(256));

function statx(folder: number, path: string, flags: number): number {
  const STATX_BASIC_STATS = 0x7ff;
  return libc().statx(
    folder,
    pathBytes(path),
    flags,
    STATX_BASIC_STATS | STATX_BTIME,
    status,
  );
}

function readStatus(): Status {
  const mode = status.getUint16(28, true);
  return {
    mode,
    inode: status.getBigUint64(32, true),
    size: Number(status.getBigUint64(40, true)),
    accessed: millisecondsAt(status, 64),
    modified: millisecondsAt(status, 112),
    device: deviceNumber(
      status.getUint32(136, true),
      status.getUint32(140, true),
    ),
    ...(isDirectory(mode) ? { born: bornAt() } : {}),
  };
}

function isDirectory(mode: number): boolean {
  return (mode & 0o170000) === 0o040000;
}

function bornAt(): number {
  const isKept = (status.getUint32(0, true) & STATX_BTIME) !== 0;
  return millisecondsAt(status, isKept ? 80 : 96);
}

/** makedev(3), for the 12 and 20 bits that Linux has. */
function deviceNumber(major: number, minor: number): number {
  const low = (major & 0xfff) << 8 | (minor & 0xff);
  return (low | (minor & 0xfff00) << 12) >>> 0;
}

function millisecondsAt(view: DataView, offset: number): number {
  const seconds = Number(view.getBigInt64(offset, true));
  const nanoseconds = view.getUint32(offset + 8, true);
  return seconds * 1000 + Math.floor(nanoseconds / 1_000_000);
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
