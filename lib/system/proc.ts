/**
 * Linux's files about processes, by the C library's calls: a compiled program
 * that may not do everything gets nothing below /proc from the runtime.
 */

import { entryCalls, linkBytes, listedEntries } from "./entries.ts";
import { close, O_CLOEXEC, O_NONBLOCK, read } from "./descriptors.ts";
import { checked, EINVAL, LibcError } from "./libc.ts";

/** Most that is read of a text file, in bytes: a table of many sockets. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Size of one read, in bytes. */
const BLOCK_BYTES = 32 * 1024;

const decoder = new TextDecoder();

/**
 * Reads a file as text, at most 4 MiB of it.
 *
 * @throws {LibcError} If it cannot be read.
 */
export function readProcFile(path: string): string {
  return decoder.decode(readProcBytes(path, MAX_BYTES));
}

/**
 * Reads a file to its end, or until there is enough.
 *
 * @param enough Number of bytes after which nothing more is read.
 * @throws {LibcError} If it cannot be read.
 */
export function readProcBytes(
  path: string,
  enough = Infinity,
): Uint8Array<ArrayBuffer> {
  return withOpen(path, (fd) => {
    const block = new Uint8Array(BLOCK_BYTES);
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length < enough) {
      const count = read(fd, block) ?? 0;
      if (count === 0) break;
      parts.push(block.slice(0, count));
      length += count;
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  });
}

/**
 * Reads the destination of a symbolic link.
 *
 * @throws {LibcError} If it is no link, or cannot be read.
 */
export function readProcLink(path: string): string {
  const bytes = linkBytes(pathBytes(path));
  if (bytes === undefined) throw new LibcError(EINVAL);
  return decoder.decode(bytes);
}

/**
 * Lists the names in a directory, without `.` and `..`.
 *
 * @throws {LibcError} If it cannot be listed.
 */
export function listProcNames(path: string): readonly string[] {
  return withOpen(
    path,
    (fd) =>
      Array.from(listedEntries(fd, (name) => decoder.decode(name)))
        .filter((name) => name !== "." && name !== ".."),
  );
}

function withOpen<T>(path: string, use: (fd: number) => T): T {
  const name = pathBytes(path);
  const flags = O_NONBLOCK | O_CLOEXEC;
  const fd = checked(() => entryCalls().open(name, flags, 0));
  try {
    return use(fd);
  } finally {
    close(fd);
  }
}

function pathBytes(path: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${path}\0`);
}
