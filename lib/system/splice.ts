import { WOULD_WAIT } from "./descriptors.ts";
import {
  type Calls,
  EPIPE,
  libcCalls,
  LibcError,
  unlessErrno,
} from "./libc.ts";

const FUNCTIONS = {
  splice: {
    parameters: ["i32", "buffer", "i32", "pointer", "usize", "u32"],
    result: "isize",
  },
} as const;

/** Absent where this system has no such call, or it may not be made. */
let loaded: Calls<typeof FUNCTIONS> | undefined;
let isLoaded = false;

function libc(): Calls<typeof FUNCTIONS> | undefined {
  if (isLoaded) return loaded;
  isLoaded = true;
  if (Deno.build.os !== "linux") return undefined;
  try {
    loaded = libcCalls(FUNCTIONS);
  } catch {
    // Some library may lack it.
  }
  return loaded;
}

/** Tells whether this system has the call, and it may be made. */
export function canSplice(): boolean {
  return libc() !== undefined;
}

/** Flag of splice(2): a full pipe is not waited for (Linux's <fcntl.h>). */
const SPLICE_F_NONBLOCK = 2;

/** Place in the file, which the call moves on. */
const place = new BigInt64Array(1);

/**
 * Puts a part of a file into a pipe by splice(2) of Linux, which copies nothing: the
 * pipe holds the file's own pages. What is written to the file before the pipe is read
 * may come out of it, and zeros in place of what the file has lost by then.
 *
 * @param at Byte of the file to begin at.
 * @param length Bytes at most.
 * @returns The number of bytes, 0 at the end of the file; `full` where the pipe has no
 * room, `impossible` where this file, this pipe or this system cannot do so, or the file
 * cannot be read.
 * @throws {LibcError} EPIPE, if nobody reads the pipe any more.
 */
export function splice(
  file: number,
  pipe: number,
  { at, length }: { readonly at: number; readonly length: number },
): number | "full" | "impossible" {
  const calls = libc();
  if (calls === undefined) return "impossible";
  place[0] = BigInt(at);
  try {
    const count = unlessErrno(
      WOULD_WAIT,
      () =>
        calls.splice(
          file,
          place,
          pipe,
          null,
          BigInt(length),
          SPLICE_F_NONBLOCK,
        ),
    );
    return count ?? "full";
  } catch (error) {
    if (!(error instanceof LibcError) || error.code === EPIPE) throw error;
    return "impossible";
  }
}
