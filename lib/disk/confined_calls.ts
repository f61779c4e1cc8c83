/**
 * Calls for what lies below one directory, which nothing leads out of: no path is
 * resolved twice, no link is followed, and each attribute is set by a descriptor.
 */

import type { Moved } from "../filesystem/access.ts";
import type { Attributes, Times } from "../filesystem/file_system.ts";
import { decodeName } from "../names/name_bytes.ts";
import { mayLeadOut } from "../names/link_text.ts";
import {
  type EntryIn,
  linkOf,
  mkdirIn,
  O_DIRECTORY,
  O_PATH,
  openBeneath,
  renameIn,
  unlinkIn,
} from "../system/beneath.ts";
import { close } from "../system/descriptors.ts";
import { EEXIST, ENOENT, LibcError } from "../system/libc.ts";
import { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } from "../system/fcntl.ts";
import { ConfinedFile, statusOf } from "./confined_file.ts";
import { confinedPath } from "./confined_path.ts";
import type { ConfinedRights } from "./confined_rights.ts";
import { type ConfinedRoot, NO_LINKS, NOT_REGULAR } from "./confined_root.ts";
import { entriesIn } from "./linux_calls.ts";
import type { Entries, SystemCalls } from "./system_calls.ts";

/** Of <errno.h>. */
const EISDIR = 21;

/** Bits of a mode that a client may set: nobody else may ever write. */
export const MODE_BITS = 0o755;

const SET_ID_BITS = 0o6000;

/** Attributes of a directory where nothing is told. */
const ANY_DIRECTORY: Attributes = {
  kind: "directory",
  size: 0,
  mode: 0o700,
  modified: 0,
  accessed: 0,
};

/** Calls of a confined disk, for what the clients of SCP ask for. */
export class ConfinedCalls implements SystemCalls {
  readonly setsByFile = true;
  protected readonly root: ConfinedRoot;
  protected readonly rights: ConfinedRights;
  readonly #moved: Moved;

  /** @param moved Counts what is read and written. */
  constructor(root: ConfinedRoot, rights: ConfinedRights, moved: Moved) {
    this.root = root;
    this.rights = rights;
    this.#moved = moved;
  }

  stat(path: string): Attributes {
    const found = this.find(path);
    if (found === undefined) throw new LibcError(ENOENT);
    return found;
  }

  find(path: string): Attributes | undefined {
    if (!this.rights.isShown) {
      return this.isDirectory(path) ? ANY_DIRECTORY : undefined;
    }
    try {
      return this.root.withEntry(path, (fd) => {
        if (linkOf(fd) !== undefined) throw new Error(NO_LINKS);
        return statusOf(fd);
      });
    } catch (error) {
      if (error instanceof LibcError && error.code === ENOENT) return undefined;
      throw error;
    }
  }

  /** Tells of a directory, which a client can tell by what it puts in, too. */
  protected isDirectory(path: string): boolean {
    try {
      close(this.root.open(confinedPath(path), O_PATH | O_DIRECTORY));
      return true;
    } catch {
      return false;
    }
  }

  readdir(path: string): Entries {
    this.rights.checkRead();
    const flags = O_RDONLY | O_DIRECTORY;
    return entriesIn(this.root.open(confinedPath(path), flags));
  }

  openToRead(path: string): ConfinedFile {
    this.rights.checkRead();
    const file = this.openFile(path, O_RDONLY);
    this.#moved.filesSent++;
    return file;
  }

  create(path: string, mode: number): ConfinedFile | undefined {
    return this.makeFile(path, O_WRONLY, mode);
  }

  /** Makes a file and opens it; gives `undefined` as `create` does. */
  protected makeFile(
    path: string,
    flags: number,
    mode: number,
  ): ConfinedFile | undefined {
    const place = confinedPath(path);
    const fd = this.rights.change(() => {
      if (place.namesDirectory) return undefined;
      try {
        const making = flags | O_CREAT | O_EXCL;
        return this.root.open(place, making, mode & MODE_BITS);
      } catch (error) {
        if (error instanceof LibcError && error.code === EEXIST) {
          return undefined;
        }
        throw error;
      }
    });
    if (fd === undefined) return undefined;
    this.#moved.filesReceived++;
    this.rights.remember(fd);
    return this.fileOf(fd);
  }

  openToWrite(path: string, mode: number): ConfinedFile {
    if (this.rights.mayReplace) {
      return this.openToReplace(path, O_WRONLY | O_CREAT, mode);
    }
    const made = this.create(path, mode);
    if (made !== undefined) return made;
    return this.rights.change(() => {
      throw new LibcError(EEXIST);
    });
  }

  /** Opens a file whose content a client changes. */
  protected openToReplace(
    path: string,
    flags: number,
    mode: number,
  ): ConfinedFile {
    return this.rights.change(() => {
      const file = this.openFile(path, flags, mode & MODE_BITS);
      this.#moved.filesReceived++;
      // The system takes these bits off at a write, but not for root.
      const { mode: old } = file.fstat();
      if ((old & SET_ID_BITS) !== 0) file.fchmod(old);
      return file;
    });
  }

  async openToWait(path: string, mode: number): Promise<ConfinedFile> {
    return this.openToWrite(path, mode);
  }

  mkdir(path: string, mode: number): void {
    this.rights.change(() => {
      this.root.withParent(path, ({ directory, name }) => {
        mkdirIn(directory, name, mode & MODE_BITS);
        if (this.rights.mayReplace) return;
        const fd = openBeneath(directory, name, O_PATH | O_DIRECTORY);
        this.rights.remember(fd);
        close(fd);
      });
    });
  }

  chmod(path: string, mode: number): void {
    using file = this.openToChange(path);
    file.fchmod(mode);
  }

  utimes(path: string, times: Times): void {
    using file = this.openToChange(path);
    file.futimes(times);
  }

  rename(from: string, to: string): void {
    this.moveEntry(from, to, { replaces: this.rights.mayReplace });
  }

  protected moveEntry(
    from: string,
    to: string,
    how: { replaces: boolean },
  ): void {
    this.rights.change(() => {
      this.root.withParent(from, (old) => {
        this.#checkOwn(old);
        this.root.withParent(to, (place) => renameIn(old, place, how));
      });
    });
  }

  unlink(path: string): void {
    this.removeEntry(path, "other");
  }

  unlinkUnlessDirectory(path: string): void {
    this.unlink(path);
  }

  protected removeEntry(path: string, kind: "directory" | "other"): void {
    this.rights.change(() => {
      this.root.withParent(path, (entry) => {
        this.#checkOwn(entry);
        unlinkIn(entry.directory, entry.name, kind);
      });
    });
  }

  /**
   * Checks that an entry may be renamed or removed. Only who may write to its
   * directory on the system itself could put another one in its place meanwhile.
   */
  #checkOwn({ directory, name }: EntryIn): void {
    if (this.rights.mayReplace) return;
    const fd = openBeneath(directory, name, O_PATH);
    try {
      this.rights.checkChange(fd);
    } finally {
      close(fd);
    }
  }

  readlink(path: string): string | undefined {
    if (!this.rights.isShown) return undefined;
    const bytes = this.root.withEntry(path, linkOf);
    if (bytes === undefined) return undefined;
    const text = decodeName(bytes);
    const depth = confinedPath(path).names.length - 1;
    if (!mayLeadOut(text, depth, "posix")) return text;
    throw new Error("the link leads out of this server's directory");
  }

  symlink(): void {
    this.rights.checkMake();
    throw new Error("this server makes no links");
  }

  /** Opens a regular file, never anything else. */
  protected openFile(path: string, flags: number, mode = 0): ConfinedFile {
    const place = confinedPath(path);
    if (place.namesDirectory) throw new LibcError(EISDIR);
    const file = this.fileOf(this.root.open(place, flags, mode));
    const { kind } = file.fstat();
    if (kind === "file") return file;
    file[Symbol.dispose]();
    if (kind === "directory") throw new LibcError(EISDIR);
    throw new Error(NOT_REGULAR);
  }

  protected fileOf(fd: number): ConfinedFile {
    return new ConfinedFile(fd, {
      moved: this.#moved,
      modeBits: MODE_BITS,
      isShown: this.rights.isShown,
    });
  }

  /** Opens a file or directory whose attributes a client may change. */
  protected openToChange(path: string): ConfinedFile {
    const place = confinedPath(path);
    return this.rights.change(() => {
      if (place.names.length === 0) {
        throw new Error("this server's own directory keeps its attributes");
      }
      const fd = this.root.open(place, O_RDONLY);
      using opened = new DisposableStack();
      const file = opened.use(this.fileOf(fd));
      this.rights.checkChange(fd);
      if (file.fstat().kind === "other") throw new Error(NOT_REGULAR);
      opened.move();
      return file;
    });
  }
}
