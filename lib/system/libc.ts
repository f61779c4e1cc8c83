/**
 * The C library of Linux and macOS, loaded by the first call: its functions, and
 * the errors of its calls.
 */

import { abi } from "./abi.ts";

type Functions = Readonly<Record<string, Deno.ForeignFunction>>;

/** Callable functions of the library, by their names. */
export type Calls<F extends Functions> = {
  readonly [Name in keyof F]: Deno.UnsafeFnPointer<F[Name]>["call"];
};

/** Program whose frequent calls are compiled. */
export type Caller = "copy" | "server";

/** Steps that each have some calls of a program compiled. */
const compilations: Readonly<Record<Caller, (() => void)[]>> = {
  copy: [],
  server: [],
};

/**
 * Finds functions of the library. They are called by their addresses, until
 * `compileCalls`.
 *
 * @param frequent Functions that a copy of many files calls most, and those that a
 * server of many requests does.
 * @throws {Error} If there is no such library or function, or it may not be used.
 */
export function libcCalls<const F extends Functions>(
  functions: F,
  frequent: Partial<Record<Caller, readonly (keyof F & string)[]>> = {},
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
  for (const caller of ["copy", "server"] as const) {
    const names = frequent[caller] ?? [];
    if (names.length === 0) continue;
    const definitions = names.map((name) => [name, functions[name]!]);
    compilations[caller].push(() =>
      Object.assign(
        found,
        Deno.dlopen(abi.library, Object.fromEntries(definitions)).symbols,
      )
    );
  }
  return found;
}

/**
 * Compiles the frequent calls of a program that were found so far. Each takes the runtime half
 * a millisecond, best spent while no input has come; a call by address takes
 * some 3 µs more, measured.
 */
export function compileCalls(caller: Caller): void {
  for (const compile of compilations[caller].splice(0)) compile();
}

/**
 * Gives the addresses of functions and variables of the library.
 *
 * @throws {Error} If there is no such library or name, or it may not be used.
 */
export function libcAddresses(
  names: readonly string[],
): Readonly<Record<string, Deno.PointerObject>> {
  const types = names.map((name) => [name, { type: "pointer" }] as const);
  return Deno.dlopen(abi.library, Object.fromEntries(types))
    .symbols as Record<string, Deno.PointerObject>;
}

/**
 * Gives the calls of the first way that this system allows. An older kernel or
 * library lacks the newer ones, a container's filter refuses them.
 *
 * @param ways Newest first. Each tries its calls once before it gives them, and
 * throws where they do not work.
 * @throws {Error} The last way's, if none works.
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
    name: abi.errnoFunction,
    parameters: [],
    result: "pointer",
  },
  strerror: { parameters: ["i32"], result: "pointer" },
} as const satisfies Functions;

let loaded: Calls<typeof FUNCTIONS> | undefined;

function libc(): Calls<typeof FUNCTIONS> {
  return loaded ??= libcCalls(FUNCTIONS);
}

// Of <errno.h>, the same on Linux and macOS.
export const ENOENT = 2;
export const EINTR = 4;
export const ENOEXEC = 8;
export const EEXIST = 17;
export const EINVAL = 22;
export const EPIPE = 32;

/** Error of a failed call; the message is the system's text for `code`. */
export class LibcError extends Error {
  override name = "LibcError";
  /** Number in `errno`. */
  readonly code: number;

  constructor(code: number) {
    super(Deno.UnsafePointerView.getCString(libc().strerror(code)!));
    this.code = code;
  }
}

/**
 * Makes a call and gives its result. One that fails is made again: where a signal
 * interrupted it, and until it has failed twice in a row with the same error. What the
 * runtime does between a call and the look at `errno` may leave an error of its own
 * there: V8's locks do, with ENOENT once in a process, with EAGAIN more often.
 *
 * @param call Call that changes nothing when it fails.
 * @throws {LibcError} If it gives -1.
 */
export function checked(call: () => number | bigint): number {
  const result = tried(call, NONE);
  if (result < 0) throw new LibcError(-result);
  return result;
}

/** Does the same; gives `undefined` for a failure with one of some codes. */
export function unlessErrno(
  codes: readonly number[],
  call: () => number | bigint,
): number | undefined {
  const result = tried(call, codes);
  if (result >= 0) return result;
  if (codes.includes(-result)) return undefined;
  throw new LibcError(-result);
}

const NONE: readonly number[] = [];

/** Failures of one call after which the last one counts, whatever they were. */
const MOST_TRIES = 4;

/** @param believed Codes that count at once. */
function tried(
  call: () => number | bigint,
  believed: readonly number[],
): number {
  for (let last = 0, tries = 1;;) {
    const result = triedOnce(call);
    if (result === -EINTR) continue;
    const counts = result >= 0 || result === last ||
      believed.includes(-result) || tries === MOST_TRIES;
    if (counts) return result;
    last = result;
    tries++;
  }
}

/**
 * Makes a call whose failure may not come a second time, again only where a signal
 * interrupted it.
 *
 * @throws {LibcError} If it gives -1; the code may be one that the runtime left.
 */
export function checkedOnce(call: () => number | bigint): number {
  let result = triedOnce(call);
  while (result === -EINTR) result = triedOnce(call);
  if (result < 0) throw new LibcError(-result);
  return result;
}

/** Makes a call and gives its result, or the negative number of its error. */
export function triedOnce(call: () => number | bigint): number {
  const error = errorPlace();
  const result = Number(call());
  return result === -1 ? -error.getInt32() : result;
}

let found: Deno.UnsafePointerView | undefined;

/**
 * Finds this thread's `errno`. Is to be called before the call whose error it
 * holds: the search may leave another one there.
 */
function errorPlace(): Deno.UnsafePointerView {
  return found ??= new Deno.UnsafePointerView(libc().errno_place()!);
}

/** Narrows the type: none of the program's buffers is shared. */
export function bytesOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}

/** Gives a length as the library's `size_t`. */
export function size(bytes: Uint8Array): bigint {
  return BigInt(bytes.length);
}
