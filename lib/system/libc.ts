/**
 * The C library of Linux and macOS, and what every room needs of it that calls
 * it: descriptors and errors. The library is loaded by the first call.
 */

import { platform } from "./platform.ts";

type Functions = Readonly<Record<string, Deno.ForeignFunction>>;

/** A way to call each of some functions. */
export type Calls<F extends Functions> = {
  readonly [Name in keyof F]: Deno.UnsafeFnPointer<F[Name]>["call"];
};

/** Has each of some calls compiled, once there is time for it. */
const compilations: (() => void)[] = [];

/**
 * Finds functions of the library. They are called by their addresses, until
 * `compileCalls`.
 *
 * @param frequent Those that a copy of many files calls most.
 * @throws If there is no such library or function, or it may not be used.
 */
export function libcCalls<const F extends Functions>(
  functions: F,
  frequent: readonly (keyof F & string)[] = [],
): Calls<F> {
  const entries = Object.entries(functions);
  const addresses = libcAddresses(
    entries.map(([key, { name }]) => name ?? key),
  );
  const calls = entries.map(([key, definition]) => {
    const address = addresses[definition.name ?? key] as Deno.PointerObject<
      typeof definition
    >;
    const pointer = new Deno.UnsafeFnPointer(address, definition);
    return [key, pointer.call.bind(pointer)];
  });
  const found = Object.fromEntries(calls) as Calls<F>;
  if (frequent.length > 0) {
    const definitions = frequent.map((name) => [name, functions[name]!]);
    compilations.push(() =>
      Object.assign(
        found,
        Deno.dlopen(platform.library, Object.fromEntries(definitions)).symbols,
      )
    );
  }
  return found;
}

/**
 * Has the calls compiled that a copy of many files makes most, those that were
 * found so far. Each takes the runtime half a millisecond, which is best spent
 * while nothing has come yet; a call by address takes 1 µs more, measured.
 */
export function compileCalls(): void {
  for (const compile of compilations.splice(0)) compile();
}

/**
 * Where functions and variables of the library are.
 *
 * @throws If there is no such library or name, or it may not be used.
 */
export function libcAddresses(
  names: readonly string[],
): Readonly<Record<string, Deno.PointerObject>> {
  const types = names.map((name) => [name, { type: "pointer" }] as const);
  return Deno.dlopen(platform.library, Object.fromEntries(types))
    .symbols as Record<string, Deno.PointerObject>;
}

/**
 * Gives what the first of some ways gives that the system lets us go. An older
 * kernel or library lacks the newer ones, a container's filter refuses them.
 *
 * @param ways Newest first. Each tries its calls once before it gives them, and
 * throws where they do not work.
 * @throws What the last one throws, if none works.
 */
export function firstThatWorks<T>(ways: readonly (() => T)[]): T {
  let failure: unknown;
  for (const way of ways) {
    try {
      return way();
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

const FUNCTIONS = {
  errno_place: {
    name: platform.errnoFunction,
    parameters: [],
    result: "pointer",
  },
  strerror: { parameters: ["i32"], result: "pointer" },
  close: { parameters: ["i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  recv: {
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
    name: platform.pipeFunction,
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
  // Its last argument is looked for in the third place or, where arguments of
  // varying number are on the stack (macOS on ARM), in the first one there.
  fcntl: {
    parameters: [
      "i32",
      "i32",
      ...["i64", "i64", "i64", "i64", "i64", "i64", "i64"] as const,
    ],
    result: "i32",
  },
} as const satisfies Functions;

let loaded: Calls<typeof FUNCTIONS> | undefined;

function libc(): Calls<typeof FUNCTIONS> {
  return loaded ??= libcCalls(FUNCTIONS, ["recv", "write", "close"]);
}

export const { O_NONBLOCK } = platform;
export const O_CLOEXEC = platform.O_CLOEXEC ?? 0;

// Of <errno.h>, the same on Linux and macOS.
export const ENOENT = 2;
const EINTR = 4;
export const ENOEXEC = 8;
export const EINVAL = 22;
const WOULD_WAIT: readonly number[] = [platform.EAGAIN];

/** A call failed; the message is the system's text for `code`. */
export class LibcError extends Error {
  override name = "LibcError";
  /** The number in `errno`. */
  readonly code: number;

  constructor(code: number) {
    super(Deno.UnsafePointerView.getCString(libc().strerror(code)!));
    this.code = code;
  }
}

/** What a descriptor is once it was closed: no call takes it. */
export const CLOSED = -1;

/** Closes a descriptor. That it could not be written is told before. */
export function close(fd: number): void {
  libc().close(fd);
}

/**
 * The same for one that was written to.
 *
 * @throws {LibcError} If not all that was written is kept; it is closed then,
 * too.
 */
export function closeWritten(fd: number): void {
  const error = errorPlace();
  if (libc().close(fd) === 0) return;
  const code = error.getInt32();
  if (code !== EINTR) throw new LibcError(code);
}

/**
 * Reads into `buffer`; how many bytes, 0 at the end. `undefined` where that
 * would wait and the descriptor does not.
 */
export function read(fd: number, buffer: Uint8Array): number | undefined {
  return unlessErrno(
    WOULD_WAIT,
    () => libc().read(fd, bytesOf(buffer), size(buffer)),
  );
}

/**
 * Writes some of `bytes`; how many. `undefined` where that would wait and the
 * descriptor does not.
 */
export function write(fd: number, bytes: Uint8Array): number | undefined {
  return unlessErrno(
    WOULD_WAIT,
    () => libc().write(fd, bytesOf(bytes), size(bytes)),
  );
}

/** The same as `read`, from a socket, which need not be told not to wait. */
export function receive(fd: number, buffer: Uint8Array): number | undefined {
  return received(fd, buffer, platform.MSG_DONTWAIT);
}

/**
 * Stops all else until a socket has filled `buffer`, or its time is over; how
 * many bytes it gave, less only then and at the end. `undefined` if none came.
 */
export function receiveAll(fd: number, buffer: Uint8Array): number | undefined {
  return received(fd, buffer, platform.MSG_WAITALL);
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

/** Has `receiveAll` take so long at most, and to the next tick of the system. */
export function setReceiveTime(fd: number, milliseconds: number): void {
  const { SO_RCVTIMEO } = platform;
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
  const { SOL_SOCKET } = platform;
  return libc().setsockopt(fd, SOL_SOCKET, option, value, value.byteLength);
}

/** Events of a descriptor, by <poll.h> of Linux and macOS. */
const POLLIN = 1;
const POLLOUT = 4;

/** Waits until `read` gives something, the end of what comes included. */
export function readable(fd: number): Promise<void> {
  return polled(Int32Array.of(fd, POLLIN));
}

/** Waits until `write` has room, or can tell why it never will. */
export function writable(fd: number): Promise<void> {
  return polled(Int32Array.of(fd, POLLOUT));
}

/** Waits on a thread. May resolve too early, where a signal comes between. */
function polled(request: Int32Array<ArrayBuffer>): Promise<void> {
  const FOR_EVER = -1;
  return libc().poll(request, 1n, FOR_EVER).then(() => {
    // Only now may the garbage collector take it.
    request.fill(0);
  });
}

/** Stops all else until `read` gives something, and tells whether it does. */
export function isReadableWithin(fd: number, milliseconds: number): boolean {
  return libc().poll_here(Int32Array.of(fd, POLLIN), 1n, milliseconds) === 1;
}

/** Stops all else for so long, and some 50 µs more. */
export function pause(microseconds: number): void {
  libc().usleep(microseconds);
}

/**
 * The descriptors of a pipe, or of two sockets that stand for one, each to be
 * closed; no program we run inherits them.
 */
export interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
}

/** Makes a pipe that holds `bytes`, or less where the system allows less. */
export function makePipe(bytes: number): Pipe {
  const ends = new Int32Array(2);
  checked(() => libc().pipe(ends, O_CLOEXEC));
  const pipe = ownPipe(ends);
  const { F_SETPIPE_SZ } = platform;
  if (F_SETPIPE_SZ !== undefined) fcntl(pipe.readEnd, F_SETPIPE_SZ, bytes);
  return pipe;
}

/**
 * Makes two sockets that hold `bytes` on the way from one to the other, or less
 * where the system allows less.
 */
export function makeSocketPair(bytes: number): Pipe {
  // Of <sys/socket.h>, the same on Linux and macOS.
  const AF_UNIX = 1;
  const SOCK_STREAM = 1;
  const ends = new Int32Array(2);
  checked(() => libc().socketpair(AF_UNIX, SOCK_STREAM | O_CLOEXEC, 0, ends));
  const pair = ownPipe(ends);
  setSocketOption(pair.writeEnd, platform.SO_SNDBUF, Int32Array.of(bytes));
  return pair;
}

/** Both ends, which no program inherits from now on. */
function ownPipe(ends: Int32Array): Pipe {
  const [readEnd, writeEnd] = ends as Int32Array & [number, number];
  if (platform.O_CLOEXEC === undefined) {
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

/** Has `read` and `write` give `undefined` instead of waiting. */
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
 * Whether descriptors do here what this file says of them: what is wrong about
 * a system shows before anything depends on it.
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

/** Gives what a call gives, made again where a signal came between. */
export function checked(call: () => number | bigint): number {
  const result = tried(call);
  if (result < 0) throw new LibcError(-result);
  return result;
}

/** The same; `undefined` where it fails in one of these ways. */
export function unlessErrno(
  codes: readonly number[],
  call: () => number | bigint,
): number | undefined {
  const result = tried(call);
  if (result >= 0) return result;
  if (codes.includes(-result)) return undefined;
  throw new LibcError(-result);
}

/** What a call gives, or the negative number of its error. */
function tried(call: () => number | bigint): number {
  const error = errorPlace();
  for (;;) {
    const result = Number(call());
    if (result !== -1) return result;
    const code = error.getInt32();
    if (code !== EINTR) return -code;
  }
}

let found: Deno.UnsafePointerView | undefined;

/**
 * Where this thread's calls leave the number of their error. It is to be found
 * before the call: to look for it may leave another one there.
 */
function errorPlace(): Deno.UnsafePointerView {
  return found ??= new Deno.UnsafePointerView(libc().errno_place()!);
}

/** None of the program's buffers is shared, which the types cannot tell. */
export function bytesOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}

export function size(bytes: Uint8Array): bigint {
  return BigInt(bytes.length);
}
