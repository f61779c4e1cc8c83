/** Calls of the C library for descriptors: files, pipes and sockets. */

import { abi } from "./abi.ts";
import {
  bytesOf,
  type Calls,
  checked,
  EINTR,
  libcCalls,
  LibcError,
  size,
  triedOnce,
  unlessErrno,
} from "./libc.ts";

const FUNCTIONS = {
  close: { parameters: ["i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  recv: {
    parameters: ["i32", "buffer", "usize", "i32"],
    result: "isize",
  },
  send: {
    parameters: ["i32", "buffer", "usize", "i32"],
    result: "isize",
  },
  poll: {
    parameters: ["buffer", "u64", "i32"],
    result: "i32",
    nonblocking: true,
  },
  poll_here: {
    name: "poll",
    parameters: ["buffer", "u64", "i32"],
    result: "i32",
  },
  usleep: { parameters: ["u32"], result: "i32" },
  pipe: {
    name: abi.pipeFunction,
    parameters: ["buffer", "i32"],
    result: "i32",
  },
  socketpair: {
    parameters: ["i32", "i32", "i32", "buffer"],
    result: "i32",
  },
  setsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "u32"],
    result: "i32",
  },
  // fcntl reads its last argument in the third place or, where variadic arguments
  // are on the stack (macOS on ARM), in the first place there.
  fcntl: {
    parameters: [
      "i32",
      "i32",
      ...["i64", "i64", "i64", "i64", "i64", "i64", "i64"] as const,
    ],
    result: "i32",
  },
} as const;

let loaded: Calls<typeof FUNCTIONS> | undefined;

function libc(): Calls<typeof FUNCTIONS> {
  return loaded ??= libcCalls(FUNCTIONS, {
    copy: ["recv", "read", "write", "close"],
    server: ["read", "recv", "write", "send", "poll_here", "close"],
  });
}

/** Flag of open(2): reads and writes of the descriptor do not wait. */
export const O_NONBLOCK: number = abi.O_NONBLOCK;

/** Flag of open(2): no program we run inherits the descriptor; 0 if missing. */
export const O_CLOEXEC: number = abi.O_CLOEXEC ?? 0;

/** Errors of a call that would have to wait. */
export const WOULD_WAIT: readonly number[] = [abi.EAGAIN];

/** Number for a descriptor that was closed: every call refuses it. */
export const CLOSED = -1;

/** Closes a descriptor, and tells of no failure. */
export function close(fd: number): void {
  libc().close(fd);
}

/**
 * Closes a descriptor that was written to.
 *
 * @throws {LibcError} If not all that was written is kept; it is closed all the
 * same.
 */
export function closeWritten(fd: number): void {
  const result = triedOnce(() => libc().close(fd));
  if (result < 0 && result !== -EINTR) throw new LibcError(-result);
}

/**
 * Reads into `buffer`.
 *
 * @returns The number of bytes, 0 at the end; `undefined` where a non-blocking
 * descriptor has none yet.
 * @throws {LibcError} If it fails.
 */
export function read(fd: number, buffer: Uint8Array): number | undefined {
  return unlessErrno(
    WOULD_WAIT,
    () => libc().read(fd, bytesOf(buffer), size(buffer)),
  );
}

/**
 * Writes some of `bytes`.
 *
 * @returns Their number; `undefined` where a non-blocking descriptor has no room.
 * @throws {LibcError} If it fails.
 */
export function write(fd: number, bytes: Uint8Array): number | undefined {
  return unlessErrno(
    WOULD_WAIT,
    () => libc().write(fd, bytesOf(bytes), size(bytes)),
  );
}

/** Writes as `write` does to a non-blocking descriptor, to any socket. */
export function send(fd: number, bytes: Uint8Array): number | undefined {
  return unlessErrno(
    WOULD_WAIT,
    () => libc().send(fd, bytesOf(bytes), size(bytes), abi.MSG_DONTWAIT),
  );
}

/** Reads as `read` does from a non-blocking descriptor, from any socket. */
export function receive(fd: number, buffer: Uint8Array): number | undefined {
  return received(fd, buffer, abi.MSG_DONTWAIT);
}

/**
 * Blocks the thread until a socket has bytes or has ended, or its time is over; reads
 * as `read` does.
 */
export function receiveSome(
  fd: number,
  buffer: Uint8Array,
): number | undefined {
  return received(fd, buffer, 0);
}

/**
 * Blocks the thread until a socket has filled `buffer`, has ended, or its time is
 * over.
 *
 * @returns The number of bytes; `undefined` if none came in time.
 * @throws {LibcError} If it fails.
 */
export function receiveAll(fd: number, buffer: Uint8Array): number | undefined {
  return received(fd, buffer, abi.MSG_WAITALL);
}

function received(
  fd: number,
  buffer: Uint8Array,
  flags: number,
): number | undefined {
  return unlessErrno(
    WOULD_WAIT,
    () => libc().recv(fd, bytesOf(buffer), size(buffer), flags),
  );
}

/**
 * Limits the time of `receiveAll` and `receiveSome`, rounded up to a tick of the
 * system's clock; 0 for no limit.
 */
export function setReceiveTime(fd: number, milliseconds: number): void {
  const { SO_RCVTIMEO } = abi;
  const seconds = BigInt(Math.floor(milliseconds / 1000));
  const microseconds = BigInt((milliseconds % 1000) * 1000);
  checked(() =>
    setSocketOption(fd, SO_RCVTIMEO, BigInt64Array.of(seconds, microseconds))
  );
}

function setSocketOption(
  fd: number,
  option: number,
  value: Int32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>,
): number {
  const { SOL_SOCKET } = abi;
  return libc().setsockopt(fd, SOL_SOCKET, option, value, value.byteLength);
}

/** Events of a descriptor, by <poll.h> of Linux and macOS. */
const POLLIN = 1;
const POLLOUT = 4;

/** Waits until there are bytes to read, or the end. */
export function readable(fd: number): Promise<void> {
  return polled(Int32Array.of(fd, POLLIN));
}

/** Waits until there is room to write, or a failure to report. */
export function writable(fd: number): Promise<void> {
  return polled(Int32Array.of(fd, POLLOUT));
}

/** Waits on a thread; may resolve too early, after a signal. */
function polled(request: Int32Array<ArrayBuffer>): Promise<void> {
  const FOR_EVER = -1;
  return libc().poll(request, 1n, FOR_EVER).then(() => {
    // Only now may the garbage collector take it.
    request.fill(0);
  });
}

/** Request of polls that block the thread, and that no two have at a time. */
let blockingPoll = new Int32Array(2);

/** Blocks the thread until there are bytes to read, and tells that there are. */
export function isReadableWithin(fd: number, milliseconds: number): boolean {
  return isWithin([fd], POLLIN, milliseconds);
}

/** Blocks the thread until there is room to write, or a failure to report. */
export function isWritableWithin(fd: number, milliseconds: number): boolean {
  return isWithin([fd], POLLOUT, milliseconds);
}

/** Blocks the thread until there are bytes to read from one of several, or its end. */
export function isOneReadableWithin(
  fds: readonly number[],
  milliseconds: number,
): boolean {
  return isWithin(fds, POLLIN, milliseconds);
}

function isWithin(
  fds: readonly number[],
  events: number,
  milliseconds: number,
): boolean {
  const { length } = fds;
  if (blockingPoll.length < 2 * length) {
    blockingPoll = new Int32Array(2 * length);
  }
  for (let at = 0; at < length; at++) {
    blockingPoll[2 * at] = fds[at]!;
    blockingPoll[2 * at + 1] = events;
  }
  return libc().poll_here(blockingPoll, BigInt(length), milliseconds) > 0;
}

/** Blocks the thread for a time, and some 50 µs more. */
export function pause(microseconds: number): void {
  libc().usleep(microseconds);
}

/**
 * Descriptors of a pipe, or of two sockets in place of one, each to be closed; no
 * program we run inherits them.
 */
export interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
}

/**
 * Makes a pipe that holds `bytes`, or fewer where the system allows no more.
 *
 * @throws {LibcError} If it cannot be made.
 */
export function makePipe(bytes: number): Pipe {
  const ends = new Int32Array(2);
  checked(() => libc().pipe(ends, O_CLOEXEC));
  const pipe = ownPipe(ends);
  const { F_SETPIPE_SZ } = abi;
  if (F_SETPIPE_SZ !== undefined) fcntl(pipe.readEnd, F_SETPIPE_SZ, bytes);
  return pipe;
}

/**
 * Makes two connected sockets that hold `bytes` between them, or fewer where the
 * system allows no more.
 *
 * @throws {LibcError} If they cannot be made.
 */
export function makeSocketPair(bytes: number): Pipe {
  // Of <sys/socket.h>, the same on Linux and macOS.
  const AF_UNIX = 1;
  const SOCK_STREAM = 1;
  const ends = new Int32Array(2);
  checked(() => libc().socketpair(AF_UNIX, SOCK_STREAM | O_CLOEXEC, 0, ends));
  const pair = ownPipe(ends);
  setSocketOption(pair.writeEnd, abi.SO_SNDBUF, Int32Array.of(bytes));
  return pair;
}

/** Gives both ends, kept from other programs. */
function ownPipe(ends: Int32Array): Pipe {
  const [readEnd, writeEnd] = ends as Int32Array & [number, number];
  if (abi.O_CLOEXEC === undefined) {
    setCloseOnExec(readEnd);
    setCloseOnExec(writeEnd);
  }
  return { readEnd, writeEnd };
}

/** Keeps the programs we run from inheriting a descriptor. */
export function setCloseOnExec(fd: number): void {
  // Of <fcntl.h>, the same on Linux and macOS.
  const F_SETFD = 2;
  const FD_CLOEXEC = 1;
  fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/** Makes a descriptor non-blocking: `read` and `write` give `undefined`. */
export function setNonBlocking(fd: number): void {
  // Of <fcntl.h>, the same on Linux and macOS.
  const F_GETFL = 3;
  const F_SETFL = 4;
  const flags = checked(() => fcntl(fd, F_GETFL, 0));
  checked(() => fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}

function fcntl(fd: number, command: number, value: number): number {
  const at = BigInt(value);
  return libc().fcntl(fd, command, at, at, at, at, at, at, at);
}

/**
 * Tells whether sockets work here as this file says, by a try: a mistake about a
 * system shows before anything depends on it.
 */
export function hasWorkingDescriptors(): boolean {
  const { readEnd, writeEnd } = makeSocketPair(4096);
  const byte = new Uint8Array(1);
  const isHandedOn = (take: typeof receive) =>
    write(writeEnd, Uint8Array.of(7)) === 1 && isReadableWithin(readEnd, 0) &&
    take(readEnd, byte) === 1 && byte[0] === 7;
  try {
    setReceiveTime(readEnd, 1);
    return receive(readEnd, byte) === undefined && isHandedOn(receive) &&
      isHandedOn(receiveAll);
  } catch {
    return false;
  } finally {
    close(readEnd);
    close(writeEnd);
  }
}
