/**
 * Linux's own file calls. They take and give every name, as `name_bytes.ts`
 * decodes it, and reach devices and `/proc`, which the runtime refuses to
 * programs without all permissions.
 */

import type { DirectoryEntry } from "../filesystem/file_system.ts";
import { decodeName } from "../names/name_bytes.ts";
import {
  DT_DIR,
  DT_REG,
  entryCalls,
  linkBytes,
  listedEntries,
} from "../system/entries.ts";
import {
  close,
  O_CLOEXEC,
  O_NONBLOCK,
  setNonBlocking,
} from "../system/descriptors.ts";
import {
  type Calls,
  checked,
  EEXIST,
  ENOENT,
  libcCalls,
  LibcError,
  unlessErrno,
} from "../system/libc.ts";
import { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } from "../system/fcntl.ts";
import { AT_FDCWD, statusCalls } from "../system/status.ts";
import { fileCalls, LinuxFile, timeSpecs } from "./linux_file.ts";
import { passingPath, pathBytes } from "./linux_path.ts";
import type { SystemCalls } from "./system_calls.ts";

const FUNCTIONS = {
  open_on_thread: {
    name: "open",
    parameters: ["buffer", "i32", "u32"],
    result: "i32",
    nonblocking: true,
  },
  chmod: { parameters: ["buffer", "u32"], result: "i32" },
  utimensat: { parameters: ["i32", "buffer", "buffer", "i32"], result: "i32" },
  mkdir: { parameters: ["buffer", "u32"], result: "i32" },
  rename: { parameters: ["buffer", "buffer"], result: "i32" },
  unlink: { parameters: ["buffer"], result: "i32" },
  symlink: { parameters: ["buffer", "buffer"], result: "i32" },
} as const;

let loaded: Calls<typeof FUNCTIONS> | undefined;

function libc(): Calls<typeof FUNCTIONS> {
  return loaded ??= libcCalls(FUNCTIONS);
}

/** Tells whether this system has these calls and lets the program make them. */
export function hasLinuxCalls(): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    libc();
    fileCalls();
    entryCalls();
    statusCalls();
    return true;
  } catch {
    return false;
  }
}

// Of <errno.h>.
const ENXIO = 6;
const EISDIR = 21;

/** Linux's calls, by its C library. */
export const linuxCalls: SystemCalls = {
  setsByFile: true,

  stat: (path) => {
    const { look, read } = statusCalls();
    const name = passingPath(path);
    checked(() => look(AT_FDCWD, name, 0));
    return read();
  },

  find: (path) => {
    const { look, read } = statusCalls();
    const name = passingPath(path);
    const found = unlessErrno([ENOENT], () => look(AT_FDCWD, name, 0));
    return found === undefined ? undefined : read();
  },

  // Should a FIFO have taken the directory's place, its open does not wait.
  readdir: (path) => entriesIn(open(path, O_RDONLY | O_NONBLOCK)),

  openToRead: (path) => new LinuxFile(open(path, O_RDONLY)),

  create: (path, mode) => {
    const flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    const name = passingPath(path);
    // EISDIR refuses a path that ends in a slash, whatever is there.
    const fd = unlessErrno(
      [EEXIST, EISDIR],
      () => entryCalls().open(name, flags, mode),
    );
    return fd === undefined ? undefined : new LinuxFile(fd);
  },

  openToWrite: (path, mode) =>
    new LinuxFile(open(path, O_WRONLY | O_CREAT, mode)),

  openToWait: async (path, mode) =>
    new LinuxFile(await openPatiently(path, O_WRONLY | O_CREAT, mode)),

  mkdir: (path, mode) => {
    const name = pathBytes(path);
    checked(() => libc().mkdir(name, mode));
  },

  chmod: (path, mode) => {
    const name = pathBytes(path);
    checked(() => libc().chmod(name, mode));
  },

  utimes: (path, times) => {
    const name = pathBytes(path);
    const specs = timeSpecs(times);
    checked(() => libc().utimensat(AT_FDCWD, name, specs, 0));
  },

  rename: (from, to) => {
    const [old, name] = [pathBytes(from), pathBytes(to)];
    checked(() => libc().rename(old, name));
  },

  unlink: (path) => {
    const name = pathBytes(path);
    checked(() => libc().unlink(name));
  },

  unlinkUnlessDirectory: (path) => {
    const name = pathBytes(path);
    unlessErrno([ENOENT, EISDIR], () => libc().unlink(name));
  },

  readlink: (path) => {
    const bytes = linkBytes(pathBytes(path));
    return bytes === undefined ? undefined : decodeName(bytes);
  },

  symlink: (destination, path) => {
    const [text, name] = [pathBytes(destination), pathBytes(path)];
    checked(() => libc().symlink(text, name));
  },
};

/** Opens a file; no program we run inherits it. */
function open(path: string, flags: number, mode = 0): number {
  const name = passingPath(path);
  return checked(() => entryCalls().open(name, flags | O_CLOEXEC, mode));
}

/**
 * Opens a FIFO or a device that never keeps a read or write waiting. Where a FIFO
 * has no reader, waits for one on a thread.
 */
async function openPatiently(
  path: string,
  flags: number,
  mode: number,
): Promise<number> {
  try {
    return open(path, flags | O_NONBLOCK, mode);
  } catch (error) {
    if (!(error instanceof LibcError) || error.code !== ENXIO) throw error;
  }
  const name = pathBytes(path);
  const fd = await libc().open_on_thread(name, flags | O_CLOEXEC, mode);
  // Only now may the garbage collector take it. The thread's `errno` is its own.
  name.fill(0);
  if (fd === -1) throw new LibcError(ENXIO);
  setNonBlocking(fd);
  return fd;
}

/** Lists an open directory, and closes it, once the first entry was asked for. */
export function* entriesIn(fd: number): Generator<DirectoryEntry, void> {
  try {
    yield* listedEntries(fd, entryOf);
  } finally {
    close(fd);
  }
}

function entryOf(bytes: Uint8Array, type: number): DirectoryEntry | undefined {
  const name = decodeName(bytes);
  if (name === "." || name === "..") return undefined;
  if (type === DT_REG) return { name, kind: "file" };
  return type === DT_DIR ? { name, kind: "directory" } : { name };
}
