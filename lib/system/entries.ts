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

/** Entry of a listed directory. */
export interface ListedEntry {
  readonly name: Uint8Array;
  /** `d_type` of the entry, where the disk keeps it: `DT_REG`, `DT_DIR`, …. */
  readonly type: number;
}

/** `d_type` of a regular file and of a directory (Linux's dirent.h). */
export const DT_REG = 8;
export const DT_DIR = 4;

/**
 * Lists an open directory part by part, `.` and `..` among the entries. Each name is
 * valid until the next one is taken.
 *
 * @throws {LibcError} If it cannot be listed.
 */
export function* listedEntries(fd: number): Iterable<ListedEntry> {
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
      const type = block[at + TYPE_OFFSET]!;
      yield { name: name.subarray(0, name.indexOf(0)), type };
      at = next;
    }
  }
}

/** Longest path and destination of a link on Linux, in bytes. */
const PATH_BYTES = 4096;

/** Room for the part of a directory that is listed at a time, in bytes. */
const LISTING_BYTES = 32 * 1024;

/** Places of `d_reclen`, `d_type` and `d_name` in a `struct dirent64`. */
const LENGTH_OFFSET = 16;
const TYPE_OFFSET = 18;
const NAME_OFFSET = 19;
