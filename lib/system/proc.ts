/**
 * Linux's files about processes, by the C library's calls: a compiled program
 * that may not do everything gets nothing below /proc from the runtime.
 */

import {
  type Calls,
  checked,
  close,
  libcCalls,
  O_CLOEXEC,
  O_NONBLOCK,
  read,
  size,
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

function libc(): Calls<typeof FUNCTIONS> {
  return loaded ??= libcCalls(FUNCTIONS);
}

/** Most of a file that is read, in bytes: a table of many sockets. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Part of a file, a link or a listing that is read at a time, in bytes. */
const BLOCK_BYTES = 32 * 1024;

/** `d_reclen` and `d_name` in a `struct dirent64`. */
const LENGTH_OFFSET = 16;
const NAME_OFFSET = 19;

const decoder = new TextDecoder();

/** @throws {LibcError} If it cannot be read. */
export function readProcFile(path: string): string {
  return withOpen(path, (fd) => {
    const block = new Uint8Array(BLOCK_BYTES);
    const reader = new TextDecoder();
    let text = "";
    while (text.length < MAX_BYTES) {
      const count = read(fd, block) ?? 0;
      if (count === 0) break;
      text += reader.decode(block.subarray(0, count), { stream: true });
    }
    return text;
  });
}

/** @throws {LibcError} If it is no link, or cannot be read. */
export function readProcLink(path: string): string {
  const name = pathBytes(path);
  const block = new Uint8Array(BLOCK_BYTES);
  const count = checked(() => libc().readlink(name, block, size(block)));
  return decoder.decode(block.subarray(0, count));
}

/**
 * Gives the names in a directory, without `.` and `..`.
 *
 * @throws {LibcError} If it cannot be listed.
 */
export function listProcNames(path: string): readonly string[] {
  return withOpen(path, (fd) => {
    const names: string[] = [];
    const block = new Uint8Array(BLOCK_BYTES);
    const view = new DataView(block.buffer);
    const base = new BigInt64Array(1);
    for (;;) {
      const end = checked(() =>
        libc().getdirentries64(fd, block, size(block), base)
      );
      if (end === 0) return names;
      for (let at = 0; at < end;) {
        const next = at + view.getUint16(at + LENGTH_OFFSET, true);
        const bytes = block.subarray(at + NAME_OFFSET, next);
        const name = decoder.decode(bytes.subarray(0, bytes.indexOf(0)));
        if (name !== "." && name !== "..") names.push(name);
        at = next;
      }
    }
  });
}

function withOpen<T>(path: string, use: (fd: number) => T): T {
  const name = pathBytes(path);
  const flags = O_NONBLOCK | O_CLOEXEC;
  const fd = checked(() => libc().open(name, flags, 0));
  try {
    return use(fd);
  } finally {
    close(fd);
  }
}

function pathBytes(path: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${path}\0`);
}
