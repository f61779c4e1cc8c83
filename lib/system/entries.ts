/** Linux's calls that open and list entries. Paths and names are bytes. */

import {
  type Calls,
  checked,
  EINVAL,
  libcCalls,
  size,
  unlessErrno,
} from "./libc.ts";

const FUNCTIONS = {
  open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
  getdirentries64: {
    parameters: ["i32", "buffer", "usize", "buffer"],
    result: "isize",
  },
} as const;

let loaded: Calls<typeof FUNCTIONS> | undefined;

/**
 * Finds the calls, once.
 *
 * @throws {Error} If the system has no such calls, or they may not be used.
 */
export function entryCalls(): Calls<typeof FUNCTIONS> {
  return loaded ??= libcCalls(FUNCTIONS, {
    copy: ["open"],
    server: ["open"],
  });
}

/**
 * Gives the destination of a symbolic link; `undefined` if something else is there.
 *
 * @param path Its path, with a NUL at its end.
 * @throws {LibcError} If it cannot be read.
 */
export function linkBytes(
  path: Uint8Array<ArrayBuffer>,
): Uint8Array | undefined {
  const buffer = new Uint8Array(PATH_BYTES);
  const length = unlessErrno(
    [EINVAL],
    () => entryCalls().readlink(path, buffer, size(buffer)),
  );
  return length === undefined ? undefined : buffer.subarray(0, length);
}

/** `d_type` of a regular file and of a directory (Linux's dirent.h). */
export const DT_REG = 8;
export const DT_DIR = 4;

/**
 * Lists an open directory part by part, `.` and `..` among the entries.
 *
 * @param take Gives what is wanted of an entry, by its name and its `d_type`, where the
 * disk keeps that; `undefined` leaves it out. The name is valid only meanwhile.
 * @throws {LibcError} If it cannot be listed.
 */
export function* listedEntries<T>(
  fd: number,
  take: (name: Uint8Array, type: number) => T | undefined,
): Iterable<T> {
  for (;;) {
    const part = nextPart(fd, take);
    if (part === undefined) return;
    yield* part;
  }
}

/** Part of a directory, as the system gives it: that of one directory at a time. */
const block = new Uint8Array(32 * 1024);
const view = new DataView(block.buffer);
const base = new BigInt64Array(1);

function nextPart<T>(
  fd: number,
  take: (name: Uint8Array, type: number) => T | undefined,
): T[] | undefined {
  const end = checked(() =>
    entryCalls().getdirentries64(fd, block, size(block), base)
  );
  if (end === 0) return undefined;
  const part: T[] = [];
  for (let at = 0; at < end;) {
    const start = at + NAME_OFFSET;
    const name = block.subarray(start, block.indexOf(0, start));
    const taken = take(name, block[at + TYPE_OFFSET]!);
    if (taken !== undefined) part.push(taken);
    at += view.getUint16(at + LENGTH_OFFSET, true);
  }
  return part;
}

/** Longest path and destination of a link on Linux, in bytes. */
const PATH_BYTES = 4096;

/** Places of `d_reclen`, `d_type` and `d_name` in a `struct dirent64`. */
const LENGTH_OFFSET = 16;
const TYPE_OFFSET = 18;
const NAME_OFFSET = 19;
