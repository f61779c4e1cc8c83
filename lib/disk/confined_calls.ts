/**
 * Calls for what lies below one directory, which nothing leads out of: no path is
 * resolved twice, no link is followed, and each attribute is set by a descriptor.
 */

import {
  type Access,
  mayMake,
  mayRead,
  mayReplace,
  type Moved,
} from "../filesystem/access.ts";
import type { Attributes, Times } from "../filesystem/file_system.ts";
import { decodeName } from "../names/name_bytes.ts";
import { mayLeadOut } from "../names/link_text.ts";
import {
  linkOf,
  mkdirIn,
  O_DIRECTORY,
  O_PATH,
  openBeneath,
  renameIn,
  unlinkIn,
} from "../system/beneath.ts";
import { close } from "../system/descriptors.ts";
import { EINVAL, ENOENT, LibcError } from "../system/libc.ts";
import { ConfinedFile, statusOf } from "./confined_file.ts";
import { type ConfinedPath, confinedPath } from "./confined_path.ts";
import { entriesIn, pathBytes } from "./linux_calls.ts";
import { MadeEntries } from "./made_entries.ts";
import type { Entries, SystemCalls } from "./system_calls.ts";

// Of Linux's <fcntl.h>, the same on x86_64 and aarch64.
const O_RDONLY = 0;
const O_WRONLY = 0o1;
const O_CREAT = 0o100;
const O_EXCL = 0o200;

// Of <errno.h>.
const EPERM = 1;
const ENXIO = 6;
const EACCES = 13;
const EEXIST = 17;
const EXDEV = 18;
const ENOTDIR = 20;
const EISDIR = 21;
const ELOOP = 40;

/** Failures that tell what is there. */
const TELLING: readonly number[] = [
  EPERM,
  ENOENT,
  EACCES,
  EEXIST,
  EXDEV,
  ENOTDIR,
  EISDIR,
  ELOOP,
];

/** Words for failures that are the confinement's. */
const WORDS: Readonly<Record<number, string>> = {
  // Of a FIFO that nobody reads, too.
  [ENXIO]: "not a regular file",
  [ELOOP]: "this server follows no symbolic links",
  [EXDEV]: "this server enters no other file system",
};

/** One answer of a server that tells nothing of what is there. */
const UNTOLD = "not taken: this server takes only new files";

/** Bits of a mode that a client may set: nobody else may ever write. */
const MODE_BITS = 0o755;

const SET_ID_BITS = 0o6000;

/** Attributes of a directory where nothing is told. */
const ANY_DIRECTORY: Attributes = {
  kind: "directory",
  size: 0,
  mode: 0o700,
  modified: 0,
  accessed: 0,
};

/** Calls of a confined disk. */
export class ConfinedCalls implements SystemCalls {
  readonly #root: number;
  readonly #access: Access;
  readonly #moved: Moved;
  readonly #made = new MadeEntries();

  /**
   * @param root Descriptor of the directory, as `openRoot` gives it.
   * @param moved Counts what is read and written.
   */
  constructor(root: number, access: Access, moved: Moved) {
    this.#root = root;
    this.#access = access;
    this.#moved = moved;
  }

  stat(path: string): Attributes {
    const found = this.find(path);
    if (found === undefined) throw new LibcError(ENOENT);
    return found;
  }

  find(path: string): Attributes | undefined {
    if (!mayRead(this.#access)) return this.#findDirectory(path);
    try {
      return this.#withEntry(path, (fd) => {
        if (linkOf(fd) !== undefined) throw new Error(WORDS[ELOOP]);
        return statusOf(fd);
      });
    } catch (error) {
      if (error instanceof LibcError && error.code === ENOENT) return undefined;
      throw error;
    }
  }

  /** Tells of directories alone: a client can tell those by what it puts in. */
  #findDirectory(path: string): Attributes | undefined {
    try {
      close(this.#open(confinedPath(path), O_PATH | O_DIRECTORY));
      return ANY_DIRECTORY;
    } catch {
      return undefined;
    }
  }

  readdir(path: string): Entries {
    this.#checkRead();
    return entriesIn(this.#open(confinedPath(path), O_RDONLY | O_DIRECTORY));
  }

  openToRead(path: string): ConfinedFile {
    this.#checkRead();
    const file = this.#openFile(path, O_RDONLY);
    this.#moved.filesSent++;
    return file;
  }

  create(path: string, mode: number): ConfinedFile | undefined {
    this.#checkMake();
    const place = confinedPath(path);
    if (place.namesDirectory) return undefined;
    const fd = this.#untold(() => {
      try {
        const flags = O_WRONLY | O_CREAT | O_EXCL;
        return this.#open(place, flags, mode & MODE_BITS);
      } catch (error) {
        if (error instanceof LibcError && error.code === EEXIST) {
          return undefined;
        }
        throw error;
      }
    });
    if (fd === undefined) return undefined;
    this.#moved.filesReceived++;
    this.#remember(fd);
    return this.#fileOf(fd);
  }

  openToWrite(path: string, mode: number): ConfinedFile {
    if (!mayReplace(this.#access)) {
      const made = this.create(path, mode);
      if (made !== undefined) return made;
      return this.#untold(() => {
        throw new LibcError(EEXIST);
      });
    }
    const file = this.#openFile(path, O_WRONLY | O_CREAT, mode & MODE_BITS);
    this.#moved.filesReceived++;
    // The system takes these bits off at a write, but not for root.
    const { mode: old } = file.fstat();
    if ((old & SET_ID_BITS) !== 0) file.fchmod(old);
    return file;
  }

  async openToWait(path: string, mode: number): Promise<ConfinedFile> {
    return this.openToWrite(path, mode);
  }

  mkdir(path: string, mode: number): void {
    this.#checkMake();
    this.#untold(() => {
      this.#withParent(path, ({ directory, name }) => {
        mkdirIn(directory, name, mode & MODE_BITS);
        if (mayReplace(this.#access)) return;
        const fd = openBeneath(directory, name, O_PATH | O_DIRECTORY);
        this.#remember(fd);
        close(fd);
      });
    });
  }

  chmod(path: string, mode: number): void {
    using file = this.#openToChange(path);
    file.fchmod(mode);
  }

  utimes(path: string, times: Times): void {
    using file = this.#openToChange(path);
    file.futimes(times);
  }

  rename(from: string, to: string): void {
    this.#checkMake();
    this.#untold(() => {
      this.#checkOwn(from);
      this.#withParent(from, (old) =>
        this.#withParent(to, (place) => {
          renameIn(old, place, { replaces: mayReplace(this.#access) });
        }));
    });
  }

  unlink(path: string): void {
    this.#remove(path, "other");
  }

  unlinkUnlessDirectory(path: string): void {
    this.unlink(path);
  }

  readlink(path: string): string | undefined {
    if (!mayRead(this.#access)) return undefined;
    const bytes = this.#withEntry(path, linkOf);
    if (bytes === undefined) return undefined;
    const text = decodeName(bytes);
    const depth = confinedPath(path).names.length - 1;
    if (!mayLeadOut(text, depth, "posix")) return text;
    throw new Error("the link leads out of this server's directory");
  }

  symlink(): void {
    throw new Error("this server makes no links");
  }

  #remove(path: string, kind: "directory" | "other"): void {
    this.#checkMake();
    this.#untold(() => {
      this.#checkOwn(path);
      this.#withParent(path, ({ directory, name }) => {
        unlinkIn(directory, name, kind);
      });
    });
  }

  /** Remembers what may be changed because this session made it. */
  #remember(fd: number): void {
    if (!mayReplace(this.#access)) this.#made.add(fd);
  }

  #checkRead(): void {
    if (mayRead(this.#access)) return;
    throw new Error("this server only takes files, and shows none");
  }

  #checkMake(): void {
    if (mayMake(this.#access)) return;
    throw new Error("this server is read-only");
  }

  /** Checks that an entry may be renamed or removed. */
  #checkOwn(path: string): void {
    if (mayReplace(this.#access)) return;
    if (this.#withEntry(path, (fd) => this.#made.has(fd))) return;
    throw new LibcError(EEXIST);
  }

  /** Has a failure tell nothing of what is there, where nothing may be told. */
  #untold<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof LibcError)) throw error;
      const isTelling = TELLING.includes(error.code);
      if (!mayRead(this.#access) && isTelling) throw new Error(UNTOLD);
      if (mayReplace(this.#access) || error.code !== EEXIST) throw error;
      throw new Error("it exists, and this server replaces nothing");
    }
  }

  /** Opens a regular file, never anything else. */
  #openFile(path: string, flags: number, mode = 0): ConfinedFile {
    const place = confinedPath(path);
    if (place.namesDirectory) throw new LibcError(EISDIR);
    const file = this.#fileOf(this.#open(place, flags, mode));
    const { kind } = file.fstat();
    if (kind === "file") return file;
    file[Symbol.dispose]();
    if (kind === "directory") throw new LibcError(EISDIR);
    throw new Error("not a regular file");
  }

  #fileOf(fd: number): ConfinedFile {
    return new ConfinedFile(fd, {
      moved: this.#moved,
      modeBits: MODE_BITS,
      isShown: mayRead(this.#access),
    });
  }

  /** Opens a file or directory whose attributes may be changed. */
  #openToChange(path: string): ConfinedFile {
    this.#checkMake();
    const place = confinedPath(path);
    if (place.names.length === 0) {
      throw new Error("this server's own directory keeps its attributes");
    }
    return this.#untold(() => {
      const fd = this.#open(place, O_RDONLY);
      const file = this.#fileOf(fd);
      const isOther = file.fstat().kind === "other";
      const mayChange = mayReplace(this.#access) || this.#made.has(fd);
      if (mayChange && !isOther) return file;
      file[Symbol.dispose]();
      if (mayChange) throw new Error(WORDS[ENXIO]);
      throw new LibcError(EEXIST);
    });
  }

  #withEntry<T>(path: string, use: (fd: number) => T): T {
    const place = confinedPath(path);
    const kind = place.namesDirectory ? O_DIRECTORY : 0;
    const fd = this.#open(place, O_PATH | kind);
    try {
      return use(fd);
    } finally {
      close(fd);
    }
  }

  /** Calls a function with the open directory that an entry is in, and its name. */
  #withParent(
    path: string,
    use: (entry: { directory: number; name: Uint8Array<ArrayBuffer> }) => void,
  ): void {
    const { names } = confinedPath(path);
    const last = names.at(-1);
    if (last === undefined) throw new LibcError(EEXIST);
    const above = { names: names.slice(0, -1), namesDirectory: true };
    const directory = this.#open(above, O_PATH | O_DIRECTORY);
    try {
      use({ directory, name: pathBytes(last) });
    } finally {
      close(directory);
    }
  }

  #open({ names }: ConfinedPath, flags: number, mode = 0): number {
    if (names.some((name) => name.includes("\0"))) throw new LibcError(EINVAL);
    const path = pathBytes(names.join("/") || ".");
    try {
      return openBeneath(this.#root, path, flags, mode);
    } catch (error) {
      const words = error instanceof LibcError ? WORDS[error.code] : undefined;
      if (words === undefined || !mayRead(this.#access)) throw error;
      throw new Error(words, { cause: error });
    }
  }
}
