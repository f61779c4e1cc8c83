/**
 * Linux's calls that look at an entry: `statx`, or `fstatat` where the kernel
 * (before 4.11), glibc (before 2.28) or a container's filter has no `statx`.
 */

import {
  bytesOf,
  type Calls,
  checked,
  firstThatWorks,
  libcCalls,
} from "./libc.ts";

/** Facts that an inode holds. */
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

/** A way to look at an entry. */
export interface StatusCalls {
  /**
   * Leaves the status of what is at a path where `read` finds it.
   *
   * @param directory Descriptor that the path is relative to.
   * @param path Bytes with a NUL at their end.
   * @param flags As fstatat(2) knows them.
   * @returns What the library's function gives: -1 if it fails.
   */
  readonly look: (directory: number, path: Uint8Array, flags: number) => number;
  /** Gives the status that the last `look` left. */
  readonly read: () => Status;
}

/** Stands for the current directory, by Linux's <fcntl.h>, as the next one. */
export const AT_FDCWD = -100;

/** Has an empty path stand for the descriptor itself. */
export const AT_EMPTY_PATH = 0x1000;

let found: StatusCalls | undefined;

/**
 * Finds the way that this system has, once.
 *
 * @throws If it has none, or its library may not be used.
 */
export function statusCalls(): StatusCalls {
  return found ??= firstThatWorks([
    () => working(byStatx()),
    () => working(byFstatat()),
  ]);
}

/** @throws {LibcError} If the system refuses them. */
function working(calls: StatusCalls): StatusCalls {
  const root = new TextEncoder().encode("/\0");
  checked(() => calls.look(AT_FDCWD, root, 0));
  return calls;
}

const STATX = {
  statx: {
    parameters: ["i32", "buffer", "i32", "u32", "buffer"],
    result: "i32",
  },
} as const;

/** Asks `statx` for the time of birth, and tells that it gave it: <linux/stat.h>. */
const STATX_BTIME = 0x800;

/**
 * Looks by `statx`; the places are those of a `struct statx`.
 *
 * @throws If the library has no such call.
 */
export function byStatx(): StatusCalls {
  const STATX_BASIC_STATS = 0x7ff;
  const libc: Calls<typeof STATX> = libcCalls(STATX, ["statx"]);
  const status = new DataView(new ArrayBuffer(256));
  return {
    look: (directory, path, flags) =>
      libc.statx(
        directory,
        bytesOf(path),
        flags,
        STATX_BASIC_STATS | STATX_BTIME,
        status,
      ),
    read: () => {
      const mode = status.getUint16(28, true);
      const keepsBirth = (status.getUint32(0, true) & STATX_BTIME) !== 0;
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
        ...bornOf(mode, () => millisecondsAt(status, keepsBirth ? 80 : 96)),
      };
    },
  };
}

/** Its name in every glibc; the plain one came with 2.33. */
const FSTATAT = {
  __fxstatat: {
    parameters: ["i32", "i32", "buffer", "buffer", "i32"],
    result: "i32",
  },
} as const;

/**
 * Version of the structure that `__fxstatat` fills and place of `st_mode` in it,
 * by <bits/stat.h>; all else that is read is at one place.
 */
const LAYOUTS = {
  x86_64: { version: 1, modeOffset: 24 },
  aarch64: { version: 0, modeOffset: 16 },
} as const;

/**
 * Looks by `fstatat`; the places are those of a `struct stat`.
 *
 * @throws If the library has no such call.
 */
export function byFstatat(): StatusCalls {
  const { version, modeOffset } = LAYOUTS[Deno.build.arch];
  const libc: Calls<typeof FSTATAT> = libcCalls(FSTATAT, ["__fxstatat"]);
  const status = new DataView(new ArrayBuffer(144));
  return {
    look: (directory, path, flags) =>
      libc.__fxstatat(version, directory, bytesOf(path), status, flags),
    read: () => {
      const mode = status.getUint32(modeOffset, true);
      return {
        mode,
        device: Number(status.getBigUint64(0, true)),
        inode: status.getBigUint64(8, true),
        size: Number(status.getBigUint64(48, true)),
        accessed: millisecondsAt(status, 72),
        modified: millisecondsAt(status, 88),
        ...bornOf(mode, () => millisecondsAt(status, 104)),
      };
    },
  };
}

function bornOf(mode: number, bornAt: () => number): { born?: number } {
  const isDirectory = (mode & 0o170000) === 0o040000;
  return isDirectory ? { born: bornAt() } : {};
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
