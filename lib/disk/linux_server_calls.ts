/** Linux's calls for a server of SFTP that shows the whole disk. */

import type { EntryStatus } from "../filesystem/served_file_system.ts";
import { decodeName } from "../names/name_bytes.ts";
import { accountOf } from "../system/account.ts";
import { O_PATH, renameIn, unlinkIn } from "../system/beneath.ts";
import { close, O_CLOEXEC, O_NONBLOCK } from "../system/descriptors.ts";
import { spaceOf } from "../system/disk_space.ts";
import { entryCalls, linkBytes } from "../system/entries.ts";
import { homeDirectory } from "../system/environment.ts";
import {
  type Calls,
  checked,
  ENOENT,
  libcCalls,
  LibcError,
} from "../system/libc.ts";
import { AT_FDCWD, statusCalls } from "../system/status.ts";
import { linuxCalls } from "./linux_calls.ts";
import { LinuxFile, timeSpecs } from "./linux_file.ts";
import { pathBytes } from "./linux_path.ts";
import { joinPath, nameOfPath } from "./local_path.ts";
import { openFlags } from "./open_flags.ts";
import type { ServerCalls } from "./server_calls.ts";

const FUNCTIONS = {
  link: { parameters: ["buffer", "buffer"], result: "i32" },
  utimensat: { parameters: ["i32", "buffer", "buffer", "i32"], result: "i32" },
} as const;

let loaded: Calls<typeof FUNCTIONS> | undefined;

function libc(): Calls<typeof FUNCTIONS> {
  return loaded ??= libcCalls(FUNCTIONS);
}

/** Flag of Linux's <fcntl.h> for calls that do not follow a link. */
const AT_SYMLINK_NOFOLLOW = 0x100;

/** Linux's calls for the whole disk. */
export const linuxServerCalls: ServerCalls = {
  ...linuxCalls,

  homeOf: (user) => user === "" ? homeDirectory() : accountOf(user)?.home,

  look: (path, { followsLink }): EntryStatus => {
    const { look, whole } = statusCalls();
    const name = pathBytes(path);
    checked(() => look(AT_FDCWD, name, followsLink ? 0 : AT_SYMLINK_NOFOLLOW));
    return whole();
  },

  open: (path, purpose, mode) => {
    const name = pathBytes(path);
    // No open waits for another program at a FIFO.
    const flags = openFlags(purpose) | O_CLOEXEC | O_NONBLOCK;
    return new LinuxFile(checked(() => entryCalls().open(name, flags, mode)));
  },

  rmdir: (path) => unlinkIn(AT_FDCWD, pathBytes(path), "directory"),

  renameNew: (from, to) =>
    renameIn(
      { directory: AT_FDCWD, name: pathBytes(from) },
      { directory: AT_FDCWD, name: pathBytes(to) },
      { replaces: false },
    ),

  link: (from, to) => {
    const [old, name] = [pathBytes(from), pathBytes(to)];
    checked(() => libc().link(old, name));
  },

  setLinkTimes: (path, times) => {
    const [name, specs] = [pathBytes(path), timeSpecs(times)];
    checked(() => libc().utimensat(AT_FDCWD, name, specs, AT_SYMLINK_NOFOLLOW));
  },

  canonical: (path) => {
    try {
      return pathOf(path);
    } catch (error) {
      if (!(error instanceof LibcError) || error.code !== ENOENT) throw error;
    }
    const name = nameOfPath(path);
    const above = path.slice(0, path.lastIndexOf(name)) || ".";
    return joinPath(pathOf(above), name);
  },

  space: (path) => withEntry(path, spaceOf),
};

/** Gives the kernel's own path of an entry. */
function pathOf(path: string): string {
  const bytes = withEntry(
    path,
    (fd) => linkBytes(pathBytes(`/proc/self/fd/${fd}`)),
  );
  return decodeName(bytes!);
}

/** Calls a function with a descriptor that only names an entry. */
function withEntry<T>(path: string, use: (fd: number) => T): T {
  const name = pathBytes(path);
  const fd = checked(() => entryCalls().open(name, O_PATH | O_CLOEXEC, 0));
  try {
    return use(fd);
  } finally {
    close(fd);
  }
}
