import { asEntryError, EntryError } from "../errors.ts";
import { isAnythingAt } from "./existing_files.ts";
import type {
  Attributes,
  FileSystem,
  Listing,
  OpenFile,
} from "./file_system.ts";
import { FileSystemView } from "./file_system_view.ts";
import type { PlannedEntries } from "./planned_entries.ts";

/**
 * View of a file system that nothing changes: it takes each change, and shows what
 * would be there.
 */
export class UnchangedFileSystem extends FileSystemView {
  readonly planned: PlannedEntries;
  readonly #onDirectory: (path: string) => void;
  /** Directories that something was to be made in, by their paths. */
  readonly #directories = new Map<string, Promise<Attributes | undefined>>();

  /**
   * @param planned Entries that would be there.
   * @param onDirectory Called with the path of each directory that would be made.
   */
  constructor(
    base: FileSystem,
    planned: PlannedEntries,
    onDirectory: (path: string) => void,
  ) {
    super(base);
    this.planned = planned;
    this.#onDirectory = onDirectory;
    delete this.create;
    if (base.replace !== undefined) {
      this.replace = async (from, path) => planned.move(from, path);
    }
  }

  override async find(path: string): Promise<Attributes | undefined> {
    const real = this.#realPath(path);
    const isOurs = this.planned.has(real) || this.#isInMade(real);
    return isOurs ? this.planned.find(real) : await this.base.find(real);
  }

  override async stat(path: string): Promise<Attributes> {
    const real = this.#realPath(path);
    return this.planned.find(real) ?? await this.base.stat(real);
  }

  override async identify(path: string): Promise<string | undefined> {
    const real = this.#realPath(path);
    const made = `new:${real}`;
    if (this.#isMade(real)) return made;
    const identity = this.base.identify(real);
    if (!this.planned.has(real)) return await identity;
    const found = await identity.catch(asEntryError);
    return found instanceof EntryError ? made : found;
  }

  override async readdir(path: string): Promise<Listing> {
    if (!this.#isMade(path)) return await this.base.readdir(path);
    return {
      async *[Symbol.asyncIterator]() {},
      [Symbol.dispose]: () => {},
    };
  }

  override async readlink(path: string): Promise<string | undefined> {
    const isOurs = this.planned.has(path) || this.#isInMade(path);
    return isOurs ? this.planned.textOf(path) : await this.base.readlink(path);
  }

  override async createNew(
    path: string,
    _mode: number,
    name = path,
  ): Promise<OpenFile> {
    await this.#checkFree(path, name);
    return this.planned.addFile(path);
  }

  override async openToWrite(
    path: string,
    _mode: number,
    replaced?: Attributes,
  ): Promise<OpenFile> {
    if (replaced === undefined) await this.#checkDirectoryOf(path);
    return this.planned.addFile(path, replaced);
  }

  override async remove(path: string): Promise<void> {
    this.planned.remove(path);
  }

  override async mkdir(path: string): Promise<void> {
    await this.#checkDirectoryOf(path);
    if (this.planned.has(path)) {
      throw new EntryError(`${this.label}${path}: File exists`);
    }
    this.planned.addDirectory(path);
    this.#onDirectory(path);
  }

  override async setMode(): Promise<void> {}

  override async setTimes(): Promise<void> {}

  override async symlink(
    path: string,
    destination: string,
    replaces = true,
    name = path,
  ): Promise<void> {
    if (replaces) await this.#checkDirectoryOf(path);
    else await this.#checkFree(path, name);
    this.planned.addLink(path, destination);
  }

  /** @throws {EntryError} If nothing new can be at a path. */
  async #checkFree(path: string, name: string): Promise<void> {
    await this.#checkDirectoryOf(path, name);
    if (!await isAnythingAt(this, path)) return;
    throw new EntryError(`${this.label}${name}: File exists`);
  }

  /** @throws {EntryError} If what a path is to be in is no directory. */
  async #checkDirectoryOf(path: string, name = path): Promise<void> {
    if (this.#isInMade(path)) return;
    const above = this.#above(path) || ".";
    const looked = this.#directories.get(above) ?? this.find(above);
    this.#directories.set(above, looked);
    const found = await looked;
    if (found?.kind === "directory" || found?.kind === "unknown") return;
    const reason = found === undefined
      ? "No such file or directory"
      : "Not a directory";
    throw new EntryError(`${this.label}${name}: ${reason}`);
  }

  #isMade(path: string): boolean {
    return this.planned.hasDirectory(path);
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
const UNSEEN: Attributes = {
  kind: "unknown",
  size: 0,
  mode: 0o700,
  modified: 0,
  accessed: 0,
};

/**
 * File system that nobody looks at and nothing changes: anything may be there, and
 * what would be is.
 */
export class UnseenFileSystem extends UnchangedFileSystem {
  override readonly label: string;

  /** @param base File system whose paths are written alike. */
  constructor(
    base: FileSystem,
    { label, planned, onDirectory }: {
      label: string;
      planned: PlannedEntries;
      onDirectory: (path: string) => void;
    },
  ) {
    super(new FileSystemView(base), planned, onDirectory);
    this.label = label;
  }

  override async find(path: string): Promise<Attributes> {
    return this.planned.find(path) ?? UNSEEN;
  }

  override async stat(path: string): Promise<Attributes> {
    return await this.find(path);
  }

  override async identify(): Promise<undefined> {}

  override async readlink(): Promise<undefined> {}

  override async createNew(path: string): Promise<OpenFile> {
    return this.planned.addFile(path);
  }
}
