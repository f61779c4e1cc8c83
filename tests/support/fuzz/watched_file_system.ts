import { EntryError } from "../../../lib/errors.ts";
import type {
  Attributes,
  Concurrency,
  FileSystem,
  Listing,
  OpenFile,
  Times,
} from "../../../lib/filesystem/file_system.ts";
import { withFaults } from "../file_systems/faulty_file.ts";
import { listingOf, sortedEntries } from "../fixtures/listed_entries.ts";
import type { Random } from "./random.ts";

/** Permitted effects on a disk. */
export interface Limits {
  /** Nothing changes but this path and what is below it; absent for nothing. */
  readonly target?: string;
  /** The mode bits an entry may be given. */
  readonly modeBits: number;
  /** Characters that no name may hold, besides those that no system allows. */
  readonly forbidden?: RegExp;
}

/** For `forbidden`: what Windows reads as something else than a name. */
export const NO_WINDOWS_NAME = /[\\:*?"<>|]|[. ]$|^(nul|con)(\.|$)/i;

/**
 * Files that notice what no peer may bring about: the case fails for it,
 * before it is done. Now and then a call fails by itself, as on a bad disk.
 * Names are listed in order, so that a case can be had again.
 */
export class WatchedFileSystem implements FileSystem {
  readonly label: string;
  readonly concurrency: Concurrency;
  /** Number of open files. */
  openFiles = 0;
  readonly #inner: FileSystem;
  readonly #limits: Limits;
  readonly #random: Random;
  /** Number of calls out of a hundred that fail. */
  readonly #failing: number;
  #breach: string | undefined;

  constructor(inner: FileSystem, limits: Limits, random: Random) {
    this.label = inner.label;
    this.concurrency = inner.concurrency;
    this.#inner = inner;
    this.#limits = limits;
    this.#random = random;
    this.#failing = random.pick([0, 0, 0, 10]);
  }

  /** @throws {Error} If something was done that may not be. */
  assertUnharmed(): void {
    if (this.#breach !== undefined) throw new Error(this.#breach);
    if (this.openFiles !== 0) throw new Error("A file was left open");
  }

  async find(path: string): Promise<Attributes | undefined> {
    return await this.#inner.find(path);
  }

  async stat(path: string): Promise<Attributes> {
    this.#failAtTimes(path);
    return await this.#inner.stat(path);
  }

  async identify(path: string): Promise<string | undefined> {
    this.#failAtTimes(path);
    return await this.#inner.identify(path);
  }

  async readdir(path: string): Promise<Listing> {
    this.#failAtTimes(path);
    return listingOf(await sortedEntries(await this.#inner.readdir(path)));
  }

  async openToRead(path: string): Promise<OpenFile> {
    this.#failAtTimes(path);
    return this.#watched(path, await this.#inner.openToRead(path));
  }

  async create(path: string, mode: number): Promise<OpenFile | undefined> {
    this.#checkPath(path);
    this.#checkMode(path, mode & ~0o200);
    this.#failAtTimes(path);
    const file = await this.#inner.create?.(path, mode);
    return file && this.#watched(path, file);
  }

  async createNew(
    path: string,
    mode: number,
    name?: string,
  ): Promise<OpenFile> {
    this.#checkPath(path);
    this.#checkMode(path, mode & ~0o200);
    this.#failAtTimes(path);
    return this.#watched(path, await this.#inner.createNew(path, mode, name));
  }

  async openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
  ): Promise<OpenFile> {
    this.#checkPath(path);
    this.#checkMode(path, mode & ~0o200);
    this.#failAtTimes(path);
    const file = await this.#inner.openToWrite(path, mode, replaced);
    return this.#watched(path, file);
  }

  async mkdir(path: string, mode: number): Promise<void> {
    this.#checkPath(path);
    this.#checkMode(path, mode & ~0o700);
    this.#failAtTimes(path);
    await this.#inner.mkdir(path, mode);
  }

  async setMode(path: string, mode: number): Promise<void> {
    this.#checkPath(path);
    this.#checkMode(path, mode & ~0o700);
    this.#failAtTimes(path);
    await this.#inner.setMode(path, mode);
  }

  async setTimes(path: string, times: Times): Promise<void> {
    this.#checkPath(path);
    this.#failAtTimes(path);
    await this.#inner.setTimes(path, times);
  }

  async remove(path: string): Promise<void> {
    this.#checkPath(path);
    this.#failAtTimes(path);
    await this.#inner.remove(path);
  }

  async readlink(path: string): Promise<string | undefined> {
    return await this.#inner.readlink(path);
  }

  async symlink(path: string): Promise<void> {
    return this.#refuse(`A link is made: ${path}`);
  }

  join(directory: string, name: string): string {
    return this.#inner.join(directory, name);
  }

  nameOf(path: string): string {
    return this.#inner.nameOf(path);
  }

  #watched(path: string, file: OpenFile): OpenFile {
    this.openFiles++;
    return withFaults(file, {
      read: async (buffer, at) => {
        this.#failAtTimes(path);
        return await file.read(buffer, at);
      },
      write: async (bytes, at) => {
        this.#failAtTimes(path);
        await file.write(bytes, at);
      },
      truncate: async (size) => {
        this.#failAtTimes(path);
        await file.truncate(size);
      },
      setMode: async (mode) => {
        this.#checkMode(path, mode);
        this.#failAtTimes(path);
        await file.setMode(mode);
      },
      close: async () => {
        await file.close();
        this.#failAtTimes(path);
      },
      [Symbol.dispose]: () => {
        this.openFiles--;
        file[Symbol.dispose]();
      },
    });
  }

  #failAtTimes(path: string): void {
    if (this.#failing > 0 && this.#random.chance(this.#failing)) {
      throw new EntryError(`${path}: Input/output error`);
    }
  }

  #checkPath(path: string): void {
    const { target, forbidden } = this.#limits;
    if (target === undefined) this.#refuse(`Nothing may change: ${path}`);
    if (path === target) return;
    const names = path.slice(target.length + 1).split("/");
    const isBelow = path.startsWith(`${target}/`) &&
      names.every((name) => !/^\.{0,2}$|\0/.test(name)) &&
      !names.some((name) => forbidden?.test(name));
    if (!isBelow) this.#refuse(`Out of the target: ${path}`);
  }

  #checkMode(path: string, mode: number): void {
    if ((mode & ~this.#limits.modeBits) === 0) return;
    this.#refuse(`${path} is given mode ${mode.toString(8)}`);
  }

  #refuse(breach: string): never {
    this.#breach = breach;
    throw new Error(breach);
  }
}
