/**
 * Linux's calls that give the attributes of an entry: `statx`, or `fstatat` where
 * the kernel (before 4.11), glibc (before 2.28) or a container's filter has none.
 */

import type { Attributes, EntryKind } from "../filesystem/file_system.ts";
import type { EntryStatus } from "../filesystem/served_file_system.ts";
import {
  bytesOf,
  type Calls,
  checked,
  firstThatWorks,
  libcCalls,
} from "./libc.ts";

/** One way to look at an entry. */
export interface StatusCalls {
  /**
   * Leaves the status of the entry at a path where `read` finds it.
   *
   * @param directory Descriptor that the path is relative to.
   * @param path Bytes with a NUL at their end.
   * @param flags As fstatat(2) knows them.
   * @returns Result of the library's function: -1 if it fails.
   */
  readonly look: (directory: number, path: Uint8Array, flags: number) => number;
  /** Gives the status that the last `look` left, times in whole milliseconds. */
  readonly read: () => Attributes;
  /** Gives the same and the rest, in the numbers of the system. */
  readonly whole: () => EntryStatus;
  /**
   * Gives the time of birth that the last `look` left, which tells an entry from a
   * later one that got its inode; `undefined` where the disk keeps none.
   */
  readonly birth: () => string | undefined;
}

/** The current directory, by Linux's <fcntl.h>. */
export const AT_FDCWD = -100;

/** Flag by which an empty path stands for the descriptor itself; of <fcntl.h>. */
export const AT_EMPTY_PATH = 0x1000;

let found: StatusCalls | undefined;

/**
 * Finds the calls that work on this system, once.
 *
 * @throws {Error} If none do, or the library may not be used.
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

/** Bit of the time of birth, asked for and given: <linux/stat.h>. */
const STATX_BTIME = 0x800;

/**
 * Looks by `statx`; the places are those of a `struct statx`.
 *
 * @throws {Error} If the library has no such call.
 */
export function byStatx(): StatusCalls {
  const STATX_BASIC_STATS = 0x7ff;
  const libc: Calls<typeof STATX> = libcCalls(STATX, {
    copy: ["statx"],
    server: ["statx"],
  });
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
      const kind = kindOf(mode);
      const device = deviceNumber(
        status.getUint32(136, true),
        status.getUint32(140, true),
      );
      const keepsBirth = (status.getUint32(0, true) & STATX_BTIME) !== 0;
      return {
        kind,
        size: Number(status.getBigUint64(40, true)),
        mode: mode & PERMISSIONS,
        modified: millisecondsAt(status, 112),
        accessed: millisecondsAt(status, 64),
        identity: `${device}:${status.getBigUint64(32, true)}`,
        names: status.getUint32(16, true),
        ...bornOf(kind, () => millisecondsAt(status, keepsBirth ? 80 : 96)),
      };
    },
    whole: () => ({
      size: Number(status.getBigUint64(40, true)),
      permissions: status.getUint16(28, true),
      user: status.getUint32(20, true),
      group: status.getUint32(24, true),
      names: status.getUint32(16, true),
      modified: millisecondsAt(status, 112),
      accessed: millisecondsAt(status, 64),
    }),
    birth: () =>
      (status.getUint32(0, true) & STATX_BTIME) === 0
        ? undefined
        : `${status.getBigInt64(80, true)}.${status.getUint32(88, true)}`,
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
 * Version of the structure that `__fxstatat` fills and places of `st_mode`, `st_nlink`
 * and `st_uid` in it, by <bits/stat.h>; all else that is read is at one place.
 */
const LAYOUTS = {
  x86_64: { version: 1, modeOffset: 24, namesOffset: 16, ownersOffset: 28 },
  aarch64: { version: 0, modeOffset: 16, namesOffset: 20, ownersOffset: 24 },
} as const;

/**
 * Looks by `fstatat`; the places are those of a `struct stat`.
 *
 * @throws {Error} If the library has no such call.
 */
export function byFstatat(): StatusCalls {
  const { version, modeOffset, namesOffset, ownersOffset } =
    LAYOUTS[Deno.build.arch];
  const libc: Calls<typeof FSTATAT> = libcCalls(FSTATAT, {
    copy: ["__fxstatat"],
    server: ["__fxstatat"],
  });
  const status = new DataView(new ArrayBuffer(144));
  return {
    look: (directory, path, flags) =>
      libc.__fxstatat(version, directory, bytesOf(path), status, flags),
    read: () => {
      const mode = status.getUint32(modeOffset, true);
      const kind = kindOf(mode);
      const device = status.getBigUint64(0, true);
      return {
        kind,
        size: Number(status.getBigUint64(48, true)),
        mode: mode & PERMISSIONS,
        modified: millisecondsAt(status, 88),
        accessed: millisecondsAt(status, 72),
        identity: `${device}:${status.getBigUint64(8, true)}`,
        names: status.getUint32(namesOffset, true),
        ...bornOf(kind, () => millisecondsAt(status, 104)),
      };
    },
    whole: () => ({
      size: Number(status.getBigUint64(48, true)),
      permissions: status.getUint32(modeOffset, true),
      user: status.getUint32(ownersOffset, true),
      group: status.getUint32(ownersOffset + 4, true),
      names: status.getUint32(namesOffset, true),
      modified: millisecondsAt(status, 88),
      accessed: millisecondsAt(status, 72),
    }),
    birth: () => undefined,
  };
}

/** Bits of `st_mode` that tell the kind of an entry, by <sys/stat.h>. */
export const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFDIR = 0o040000;

/** Bits of `st_mode` that permit, set-id and sticky included. */
const PERMISSIONS = 0o7777;

function kindOf(mode: number): EntryKind {
  const type = mode & S_IFMT;
  return type === S_IFREG ? "file" : type === S_IFDIR ? "directory" : "other";
}

function bornOf(
  kind: EntryKind,
  bornAt: () => number,
): Pick<Attributes, "born"> {
  return kind === "directory" ? { born: bornAt() } : {};
}

/** Puts a number together as makedev(3) does, of the 12 and 20 bits Linux has. */
function deviceNumber(major: number, minor: number): number {
  const low = (major & 0xfff) << 8 | (minor & 0xff);
  return (low | (minor & 0xfff00) << 12) >>> 0;
}

function millisecondsAt(view: DataView, offset: number): number {
  const seconds = Number(view.getBigInt64(offset, true));
  const nanoseconds = view.getUint32(offset + 8, true);
  return seconds * 1000 + Math.floor(nanoseconds / 1_000_000);
}
