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
  readonly keepsOrder: FileSystem["keepsOrder"];
  readonly identifyInside: FileSystem["identifyInside"];
  create?: NonNullable<FileSystem["create"]>;
  readonly copyRange?: NonNullable<FileSystem["copyRange"]>;
  replace?: NonNullable<FileSystem["replace"]>;
  readonly digest?: NonNullable<FileSystem["digest"]>;

  constructor(base: FileSystem) {
    this.base = base;
    this.label = base.label;
    this.concurrency = base.concurrency;
    this.keepsOrder = base.keepsOrder;
    this.identifyInside = base.identifyInside;
    if (base.create) this.create = base.create.bind(base);
    if (base.copyRange) this.copyRange = base.copyRange.bind(base);
    if (base.replace) this.replace = base.replace.bind(base);
    if (base.digest) this.digest = base.digest.bind(base);
  }

  find(path: string): Promise<Attributes | undefined> {
    return this.base.find(path);
  }

  stat(path: string): Promise<Attributes> {
    return this.base.stat(path);
  }

  identify(path: string): Promise<string | undefined> {
    return this.base.identify(path);
  }

  readdir(path: string): Promise<Listing> {
    return this.base.readdir(path);
  }

  openToRead(path: string): Promise<OpenFile> {
    return this.base.openToRead(path);
  }

  createNew(
    path: string,
    mode: number,
    name?: string,
  ): Promise<OpenFile> {
    return this.base.createNew(path, mode, name);
  }

  openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
    name?: string,
  ): Promise<OpenFile> {
    return this.base.openToWrite(path, mode, replaced, name);
  }

  remove(path: string): Promise<void> {
    return this.base.remove(path);
  }

  mkdir(path: string, mode: number): Promise<void> {
    return this.base.mkdir(path, mode);
  }

  setMode(path: string, mode: number): Promise<void> {
    return this.base.setMode(path, mode);
  }

  setTimes(path: string, times: Times): Promise<void> {
    return this.base.setTimes(path, times);
  }

  readlink(path: string): Promise<string | undefined> {
    return this.base.readlink(path);
  }

  symlink(
    path: string,
    destination: string,
    replaces?: boolean,
    name?: string,
  ): Promise<void> {
    return this.base.symlink(path, destination, replaces, name);
  }

  join(directory: string, name: string): string {
    return this.base.join(directory, name);
  }

  nameOf(path: string): string {
    return this.base.nameOf(path);
  }
}
