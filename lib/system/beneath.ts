/**
 * Linux's calls for entries below an open directory. No call follows a symbolic
 * link, leaves the directory or enters another file system. Paths are bytes with a
 * NUL at their end.
 */

import { close, O_CLOEXEC, O_NONBLOCK } from "./descriptors.ts";
import { entryCalls } from "./entries.ts";
import { O_CREAT } from "./fcntl.ts";
import {
  type Calls,
  checked,
  EINVAL,
  ENOENT,
  libcCalls,
  size,
  unlessErrno,
} from "./libc.ts";

const FUNCTIONS = {
  syscall: {
    parameters: ["i64", "i32", "buffer", "buffer", "usize"],
    result: "i64",
  },
  mkdirat: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  unlinkat: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  readlinkat: {
    parameters: ["i32", "buffer", "buffer", "usize"],
    result: "isize",
  },
  renameat2: {
    parameters: ["i32", "buffer", "i32", "buffer", "u32"],
    result: "i32",
  },
} as const;

let loaded: Calls<typeof FUNCTIONS> | undefined;

function libc(): Calls<typeof FUNCTIONS> {
  return loaded ??= libcCalls(FUNCTIONS, { server: ["syscall"] });
}

/** Number of openat2(2), the same on every architecture. */
const OPENAT2 = 437n;

/**
 * Resolution that stays in the directory, of <linux/openat2.h>: NO_XDEV,
 * NO_MAGICLINKS, NO_SYMLINKS and BENEATH.
 */
const RESOLVE = 0x01n | 0x02n | 0x04n | 0x08n;

// Of <fcntl.h>, the same on x86_64 and aarch64.
const O_NOFOLLOW = { x86_64: 0o400000, aarch64: 0o100000 }[Deno.build.arch];

/** Flag of open(2): the descriptor only names an entry. */
export const O_PATH = 0o10000000;

/** Flag of open(2): nothing but a directory is opened. */
export const O_DIRECTORY: number = {
  x86_64: 0o200000,
  aarch64: 0o040000,
}[Deno.build.arch];

// Of <errno.h>.
const EAGAIN = 11;

/** Tries of an open that others keep from being finished by their renames. */
const MOST_TRIES = 100;

/**
 * Opens an entry. No program we run inherits it, and no open waits for a FIFO.
 *
 * @param mode Mode of a file that is made, under the process's umask.
 * @throws {LibcError} If it cannot be opened: ELOOP for a link on the way or, but
 * for `O_PATH`, at the end; EXDEV for what leads out.
 */
export function openBeneath(
  directory: number,
  path: Uint8Array<ArrayBuffer>,
  flags: number,
  mode = 0,
): number {
  // With O_PATH, the kernel refuses flags that would have no effect.
  const patience = (flags & O_PATH) === 0 ? O_NONBLOCK : 0;
  const how = BigUint64Array.of(
    BigInt(flags | O_CLOEXEC | O_NOFOLLOW | patience),
    // It takes no mode for an open that makes nothing.
    BigInt((flags & O_CREAT) === 0 ? 0 : mode),
    RESOLVE,
  );
  const bytes = BigInt(how.byteLength);
  for (let tries = 1;; tries++) {
    const fd = unlessErrno(
      tries < MOST_TRIES ? [EAGAIN] : [],
      () => libc().syscall(OPENAT2, directory, path, how, bytes),
    );
    if (fd !== undefined) return fd;
  }
}

/**
 * Opens the directory that all calls stay in, by any path. Checks that the kernel
 * has the call that keeps them there.
 *
 * @throws {LibcError} If it cannot be opened.
 * @throws {NoOpenBeneathError} If the kernel lacks or refuses the call.
 */
export function openRoot(path: Uint8Array<ArrayBuffer>): number {
  const flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  const root = checked(() => entryCalls().open(path, flags, 0));
  try {
    close(openBeneath(root, CURRENT, O_PATH | O_DIRECTORY));
    return root;
  } catch (error) {
    close(root);
    throw new NoOpenBeneathError(error);
  }
}

const CURRENT = new TextEncoder().encode(".\0");

/** The kernel lacks or refuses the call that paths are confined by. */
export class NoOpenBeneathError extends Error {
  override name = "NoOpenBeneathError";

  constructor(cause: unknown) {
    const { message } = cause as Error;
    super(`this system does not let openat2(2) be used: ${message}`, { cause });
  }
}

/**
 * Makes a directory.
 *
 * @param name Its name in the open `directory`, as for all calls below.
 * @throws {LibcError} If it cannot be made.
 */
export function mkdirIn(
  directory: number,
  name: Uint8Array<ArrayBuffer>,
  mode: number,
): void {
  checked(() => libc().mkdirat(directory, name, mode));
}

/**
 * Removes an entry: a directory, which is to be empty, or anything else.
 *
 * @throws {LibcError} If it cannot be removed.
 */
export function unlinkIn(
  directory: number,
  name: Uint8Array<ArrayBuffer>,
  kind: "directory" | "other",
): void {
  const AT_REMOVEDIR = 0x200; // Of <fcntl.h>.
  const flags = kind === "directory" ? AT_REMOVEDIR : 0;
  checked(() => libc().unlinkat(directory, name, flags));
}

/** Entry by its name in an open directory. */
export interface EntryIn {
  readonly directory: number;
  readonly name: Uint8Array<ArrayBuffer>;
}

/**
 * Renames an entry in one step.
 *
 * @param replaces False where it fails if something has the new name.
 * @throws {LibcError} If it cannot be renamed.
 */
export function renameIn(
  from: EntryIn,
  to: EntryIn,
  { replaces }: { replaces: boolean },
): void {
  const RENAME_NOREPLACE = 1; // Of <linux/fs.h>.
  const flags = replaces ? 0 : RENAME_NOREPLACE;
  checked(() =>
    libc().renameat2(from.directory, from.name, to.directory, to.name, flags)
  );
}

/** Longest destination of a link on Linux, in bytes. */
const PATH_BYTES = 4096;

/**
 * Gives the destination of the link that a descriptor of `openBeneath` names;
 * `undefined` where it names something else.
 *
 * @throws {LibcError} If it cannot be read.
 */
export function linkOf(fd: number): Uint8Array | undefined {
  const buffer = new Uint8Array(PATH_BYTES);
  const length = unlessErrno(
    [EINVAL, ENOENT],
    () => libc().readlinkat(fd, Uint8Array.of(0), buffer, size(buffer)),
  );
  return length === undefined ? undefined : buffer.subarray(0, length);
}
