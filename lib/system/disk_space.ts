/** The state of a disk, by Linux's C library. */

import type { DiskSpace } from "../filesystem/served_file_system.ts";
import { type Calls, checked, libcCalls } from "./libc.ts";

const FUNCTIONS = {
  fstatvfs: { parameters: ["i32", "buffer"], result: "i32" },
} as const;

let loaded: Calls<typeof FUNCTIONS> | undefined;

/** Fields of a `struct statvfs` of <sys/statvfs.h>, eight bytes each. */
const FIELDS = 11;

/** Bytes of the whole structure on x86_64 and aarch64. */
const BYTES = 112;

/**
 * Gives the state of the disk that holds an open entry.
 *
 * @throws {LibcError} If the system does not tell.
 */
export function spaceOf(fd: number): DiskSpace {
  loaded ??= libcCalls(FUNCTIONS);
  const libc = loaded;
  const status = new DataView(new ArrayBuffer(BYTES));
  checked(() => libc.fstatvfs(fd, status));
  const numbers = Array.from(
    { length: FIELDS },
    (_, at) => Number(status.getBigUint64(at * 8, true)),
  );
  return {
    blockBytes: numbers[0]!,
    fragmentBytes: numbers[1]!,
    blocks: numbers[2]!,
    freeBlocks: numbers[3]!,
    availableBlocks: numbers[4]!,
    inodes: numbers[5]!,
    freeInodes: numbers[6]!,
    availableInodes: numbers[7]!,
    id: numbers[8]!,
    flags: numbers[9]!,
    longestName: numbers[10]!,
  };
}
