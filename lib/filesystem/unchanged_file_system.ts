import { EntryError } from "../errors.ts";
import { isAnythingAt } from "./existing_files.ts";
import type {
  Attributes,
  FileSystem,
  Listing,
  OpenFile,
} from "./file_system.ts";
import { FileSystemView } from "./file_system_view.ts";

/** Attributes of what would be made. */
const MADE: Attributes = {
  kind: "directory",
  size: 0,
  mode: 0o700,
  modified: 0,
  accessed: 0,
};

/** File that takes everything and keeps nothing. */
const NOWHERE: OpenFile = {
  stat: async () => ({ ...MADE, kind: "file" }),
  identify: async () => undefined,
  read: async () => 0,
  write: async () => {},
  truncate: async () => {},
  setMode: async () => {},
  setTimes: async () => {},
  close: async () => {},
  [Symbol.dispose]: () => {},
};

/**
 * View of a file system that nothing changes: it takes each change, and tells and
 * shows the directories that would be there.
 */
export class UnchangedFileSystem extends FileSystemView {
  readonly #onDirectory: (path: string) => void;
  readonly #made = new Set<string>();

  /** @param onDirectory Called with the path of each directory that would be made. */
  constructor(base: FileSystem, onDirectory: (path: string) => void) {
    super(base);
    this.#onDirectory = onDirectory;
    if (base.create !== undefined) this.create = async () => NOWHERE;
    if (base.replace !== undefined) this.replace = async () => {};
  }

  override async find(path: string): Promise<Attributes | undefined> {
    const real = this.#realPath(path);
    if (this.#isMade(real)) return MADE;
    return this.#isInMade(real) ? undefined : await this.base.find(real);
  }

  override async stat(path: string): Promise<Attributes> {
    const real = this.#realPath(path);
    return this.#isMade(real) ? MADE : await this.base.stat(real);
  }

  override async identify(path: string): Promise<string | undefined> {
    const real = this.#realPath(path);
    return this.#isMade(real) ? `new:${real}` : await this.base.identify(real);
  }

  override async readdir(path: string): Promise<Listing> {
    if (!this.#isMade(path)) return await this.base.readdir(path);
    return {
      async *[Symbol.asyncIterator]() {},
      [Symbol.dispose]: () => {},
    };
  }

  override async readlink(path: string): Promise<string | undefined> {
    const isNew = this.#isMade(path) || this.#isInMade(path);
    return isNew ? undefined : await this.base.readlink(path);
  }

  override async createNew(path: string): Promise<OpenFile> {
    if (!this.#isInMade(path) && await isAnythingAt(this.base, path)) {
      throw new EntryError(`${this.label}${path}: File exists`);
    }
    return NOWHERE;
  }

  override async openToWrite(): Promise<OpenFile> {
    return NOWHERE;
  }

  override async remove(): Promise<void> {}

  override async mkdir(path: string): Promise<void> {
    this.#made.add(path);
    this.#onDirectory(path);
  }

  override async setMode(): Promise<void> {}

  override async setTimes(): Promise<void> {}

  override async symlink(
    path: string,
    _destination: string,
    replaces = true,
  ): Promise<void> {
    if (!replaces) await this.createNew(path);
  }

  #isMade(path: string): boolean {
    return this.#made.has(path);
  }

  /** Tells a path in a directory that would be made. */
  #isInMade(path: string): boolean {
    return this.#isMade(this.#above(path));
  }

  #above(path: string): string {
    const name = this.nameOf(path);
    return path.slice(0, path.length - name.length).replace(/(?<=.)[\\/]$/, "");
  }

  /** Gives a path without the `..` behind directories that would be made. */
  #realPath(path: string): string {
    for (const { index, 0: { length } } of path.matchAll(UPWARD)) {
      const directory = path.slice(0, index);
      if (!this.#isMade(directory)) continue;
      const above = this.#above(directory) || ".";
      return this.#realPath(above + path.slice(index + length));
    }
    return path;
  }
}

/** A `..` behind a directory. */
const UPWARD = /[\\/]\.\.(?=[\\/]|$)/g;

/** Attributes of what nobody looks at. */
const UNSEEN: Attributes = { ...MADE, kind: "unknown" };

/**
 * File system that nobody looks at and nothing changes: anything may be there.
 */
export class UnseenFileSystem extends UnchangedFileSystem {
  override readonly label: string;

  /** @param base File system whose paths are written alike. */
  constructor(
    base: FileSystem,
    label: string,
    onDirectory: (path: string) => void,
  ) {
    super(new FileSystemView(base), onDirectory);
    this.label = label;
  }

  override async find(): Promise<Attributes> {
    return UNSEEN;
  }

  override async stat(): Promise<Attributes> {
    return UNSEEN;
  }

  override async identify(): Promise<undefined> {}

  override async readlink(): Promise<undefined> {}

  override async createNew(): Promise<OpenFile> {
    return NOWHERE;
  }
}
