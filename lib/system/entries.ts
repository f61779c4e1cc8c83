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

/** @throws If the system has no such calls, or they may not be used. */
export function entryCalls(): Calls<typeof FUNCTIONS> {
  return loaded ??= libcCalls(FUNCTIONS, ["open"]);
}

/**
 * Gives what a symbolic link says; `undefined` if something else is there.
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

/**
 * Gives the names in an open directory, `.` and `..` among them, read part by part.
 * Each is to be taken before the next one is asked for.
 *
 * @throws {LibcError} If it cannot be listed.
 */
export function* nameBytes(fd: number): Iterable<Uint8Array> {
  const block = new Uint8Array(LISTING_BYTES);
  const view = new DataView(block.buffer);
  const base = new BigInt64Array(1);
  for (;;) {
    const end = checked(() =>
      entryCalls().getdirentries64(fd, block, size(block), base)
    );
    if (end === 0) return;
    for (let at = 0; at < end;) {
      const next = at + view.getUint16(at + LENGTH_OFFSET, true);
      const name = block.subarray(at + NAME_OFFSET, next);
      yield name.subarray(0, name.indexOf(0));
      at = next;
    }
  }
}

/** The longest path Linux takes and the longest link it makes, in bytes. */
const PATH_BYTES = 4096;

/** Part of a directory that is listed at a time, in bytes. */
const LISTING_BYTES = 32 * 1024;

/** `d_reclen` and `d_name` in a `struct dirent64`. */
const LENGTH_OFFSET = 16;
const NAME_OFFSET = 19;
