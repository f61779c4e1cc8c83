import type { Times } from "../filesystem/file_system.ts";
import type {
  DiskSpace,
  EntryStatus,
  OpenPurpose,
} from "../filesystem/served_file_system.ts";
import { spaceOf } from "../system/disk_space.ts";
import { EEXIST, ENOENT, LibcError } from "../system/libc.ts";
import { O_CREAT } from "../system/fcntl.ts";
import { S_IFMT } from "../system/status.ts";
import { ConfinedCalls } from "./confined_calls.ts";
import { type ConfinedFile, wholeStatusOf } from "./confined_file.ts";
import { confinedPath } from "./confined_path.ts";
import { NO_LINKS, NOT_REGULAR } from "./confined_root.ts";
import { openFlags } from "./open_flags.ts";
import type { ServerCalls } from "./server_calls.ts";

/** Kind of a link, by <sys/stat.h>. */
const S_IFLNK = 0o120000;

/** Attributes of a directory where nothing is told. */
const ANY_DIRECTORY: EntryStatus = {
  ...{ size: 0, permissions: 0o040700, user: 0, group: 0, names: 1 },
  ...{ modified: 0, accessed: 0 },
};

/** Calls of a confined disk, for what the clients of SFTP ask for, too. */
export class ConfinedServerCalls extends ConfinedCalls implements ServerCalls {
  homeOf(user: string): string {
    if (user === "") return "/";
    throw new Error("this server knows no other user's home directory");
  }

  look(
    path: string,
    { followsLink }: { readonly followsLink: boolean },
  ): EntryStatus {
    if (!this.rights.isShown) return this.#lookUntold(path);
    return this.root.withEntry(path, (fd) => {
      const status = wholeStatusOf(fd);
      const isLink = (status.permissions & S_IFMT) === S_IFLNK;
      if (followsLink && isLink) throw new Error(NO_LINKS);
      return status;
    });
  }

  /** Tells of what this session made, and that a directory is one. */
  #lookUntold(path: string): EntryStatus {
    try {
      const status = this.root.withEntry(
        path,
        (fd) => this.rights.hasMade(fd) ? wholeStatusOf(fd) : undefined,
      );
      if (status !== undefined) return status;
    } catch {
      // Nothing is told.
    }
    if (this.isDirectory(path)) return ANY_DIRECTORY;
    throw new LibcError(ENOENT);
  }

  open(path: string, purpose: OpenPurpose, mode: number): ConfinedFile {
    const { reads, writes, makes, isNew, empties } = purpose;
    if (reads || !(writes || makes || empties)) this.rights.checkRead();
    if (!writes && !makes && !empties) return this.openToRead(path);
    // The file is emptied once it is known to be one.
    const flags = openFlags({ ...purpose, ...NOT_AT_OPEN });
    const file = isNew
      ? this.#makeNew(path, flags, mode)
      : this.rights.mayReplace
      ? this.openToReplace(path, flags | (makes ? O_CREAT : 0), mode)
      : makes
      ? this.makeFile(path, flags, mode) ?? this.#openOwn(path, flags)
      : this.#openOwn(path, flags);
    if (empties && !isNew) file.ftruncate(0);
    return file;
  }

  #makeNew(path: string, flags: number, mode: number): ConfinedFile {
    const file = this.makeFile(path, flags, mode);
    if (file !== undefined) return file;
    return this.rights.change(() => {
      throw new LibcError(EEXIST);
    });
  }

  /** Opens a file that this session made, to go on writing to it. */
  #openOwn(path: string, flags: number): ConfinedFile {
    return this.rights.change(() => {
      const fd = this.root.open(confinedPath(path), flags);
      using opened = new DisposableStack();
      const file = opened.use(this.fileOf(fd));
      this.rights.checkChange(fd);
      if (file.fstat().kind !== "file") throw new Error(NOT_REGULAR);
      opened.move();
      return file;
    });
  }

  rmdir(path: string): void {
    this.removeEntry(path, "directory");
  }

  renameNew(from: string, to: string): void {
    this.moveEntry(from, to, { replaces: false });
  }

  /** Sets both times of a file or directory; a link keeps its own. */
  setLinkTimes(path: string, times: Times): void {
    this.utimes(path, times);
  }

  /** Gives the path as it is written, as no link is followed: it tells nothing. */
  canonical(path: string): string {
    return `/${confinedPath(path).names.join("/")}`;
  }

  space(path: string): DiskSpace {
    this.rights.checkRead();
    return this.root.withEntry(path, spaceOf);
  }
}

/** Parts of a purpose that are no flags of the open itself. */
const NOT_AT_OPEN = { makes: false, isNew: false, empties: false } as const;
