import type {
  Attributes,
  Concurrency,
  FileSystem,
  Listing,
  OpenFile,
  Times,
} from "./file_system.ts";

/**
 * View of a file system that shows it as it is. A subclass shows some of it
 * otherwise.
 */
export class FileSystemView implements FileSystem {
  readonly base: FileSystem;
  readonly label: string;
  readonly concurrency: Concurrency;
  create?: NonNullable<FileSystem["create"]>;
  readonly copyRange?: NonNullable<FileSystem["copyRange"]>;
  replace?: NonNullable<FileSystem["replace"]>;
  readonly digest?: NonNullable<FileSystem["digest"]>;

  constructor(base: FileSystem) {
    this.base = base;
    this.label = base.label;
    this.concurrency = base.concurrency;
    if (base.create) this.create = base.create.bind(base);
    if (base.copyRange) this.copyRange = base.copyRange.bind(base);
    if (base.replace) this.replace = base.replace.bind(base);
    if (base.digest) this.digest = base.digest.bind(base);
  }

  async find(path: string): Promise<Attributes | undefined> {
    return await this.base.find(path);
  }

  async stat(path: string): Promise<Attributes> {
    return await this.base.stat(path);
  }

  async identify(path: string): Promise<string | undefined> {
    return await this.base.identify(path);
  }

  async readdir(path: string): Promise<Listing> {
    return await this.base.readdir(path);
  }

  async openToRead(path: string): Promise<OpenFile> {
    return await this.base.openToRead(path);
  }

  async createNew(path: string, mode: number): Promise<OpenFile> {
    return await this.base.createNew(path, mode);
  }

  async openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
  ): Promise<OpenFile> {
    return await this.base.openToWrite(path, mode, replaced);
  }

  async remove(path: string): Promise<void> {
    await this.base.remove(path);
  }

  async mkdir(path: string, mode: number): Promise<void> {
    await this.base.mkdir(path, mode);
  }

  async setMode(path: string, mode: number): Promise<void> {
    await this.base.setMode(path, mode);
  }

  async setTimes(path: string, times: Times): Promise<void> {
    await this.base.setTimes(path, times);
  }

  async readlink(path: string): Promise<string | undefined> {
    return await this.base.readlink(path);
  }

  async symlink(
    path: string,
    destination: string,
    replaces?: boolean,
  ): Promise<void> {
    await this.base.symlink(path, destination, replaces);
  }

  join(directory: string, name: string): string {
    return this.base.join(directory, name);
  }

  nameOf(path: string): string {
    return this.base.nameOf(path);
  }
}
