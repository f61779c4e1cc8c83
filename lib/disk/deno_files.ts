import { attempt, attemptLater } from "./attempt.ts";
import type {
  Attributes,
  DirectoryEntry,
  FileSystem,
  Listing,
  OpenFile,
  Times,
} from "../filesystem/file_system.ts";
import { modeOf } from "./deno_mode.ts";
import {
  danglingPath,
  directoryPath,
  isDirectory,
  linkedPath,
  namesDirectory,
  passable,
  reachablePath,
  writablePath,
} from "./deno_path.ts";
import { joinPath, LOCAL_CONCURRENCY, nameOfPath } from "./local_path.ts";

/**
 * The local disk, by the runtime's calls. They take well-formed paths alone:
 * that another one is asked for is an `EntryError`.
 *
 * The calls are synchronous ones, made when their result is wanted: measured,
 * an asynchronous read costs an upload 15 %. A directory alone is listed
 * asynchronously, part by part: at once, 100,000 names take 90 MiB.
 */
export class DenoFileSystem implements FileSystem {
  readonly label = "";
  readonly concurrency = LOCAL_CONCURRENCY;

  async find(path: string): Promise<Attributes | undefined> {
    return attempt(path, () => {
      try {
        return lookedAt(path);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    });
  }

  async stat(path: string): Promise<Attributes> {
    return attempt(path, () => lookedAt(path));
  }

  async identify(path: string): Promise<string | undefined> {
    return (await this.stat(path)).identity;
  }

  async readdir(path: string): Promise<Listing> {
    const entries = attempt(
      path,
      () => Deno.readDir(reachablePath(path))[Symbol.asyncIterator](),
    );
    const first = await attemptLater(path, () => entries.next());
    return {
      [Symbol.asyncIterator]: () => listed(path, entries, first),
      [Symbol.dispose]: () => entries.return?.(),
    };
  }

  async openToRead(path: string): Promise<OpenFile> {
    const file = attempt(path, () => Deno.openSync(reachablePath(path)));
    return new DenoFile(path, file);
  }

  async create(path: string, mode: number): Promise<OpenFile | undefined> {
    return attempt(path, () => {
      const options = { write: true, createNew: true, mode };
      try {
        return new DenoFile(path, Deno.openSync(writablePath(path), options));
      } catch (error) {
        const { AlreadyExists, IsADirectory } = Deno.errors;
        const isThere = error instanceof AlreadyExists ||
          error instanceof IsADirectory;
        if (isThere) return undefined;
        throw error;
      }
    });
  }

  async openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
  ): Promise<OpenFile> {
    const options = { write: true, create: true, mode };
    if (replaced?.kind === "other") {
      const file = await attemptLater(
        path,
        () => Deno.open(writablePath(path), options),
      );
      return new WaitingFile(path, file);
    }
    return new DenoFile(path, attempt(path, () => openLinked(path, options)));
  }

  async remove(path: string): Promise<void> {
    attempt(path, () => {
      const reached = reachablePath(path);
      if (Deno.lstatSync(reached).isDirectory) {
        throw new Deno.errors.IsADirectory("Is a directory");
      }
      Deno.removeSync(reached);
    });
  }

  async mkdir(path: string, mode: number): Promise<void> {
    attempt(path, () => Deno.mkdirSync(directoryPath(path), { mode }));
  }

  async setMode(path: string, mode: number): Promise<void> {
    setMode(path, mode);
  }

  async setTimes(path: string, times: Times): Promise<void> {
    attempt(
      `${path}: set times`,
      () =>
        Deno.utimeSync(
          reachablePath(path),
          seconds(times.accessed),
          seconds(times.modified),
        ),
    );
  }

  async readlink(path: string): Promise<string | undefined> {
    return attempt(path, () => {
      const reached = reachablePath(path);
      const isLink = !namesDirectory(path) && Deno.lstatSync(reached).isSymlink;
      return isLink ? Deno.readLinkSync(reached) : undefined;
    });
  }

  async symlink(path: string, destination: string): Promise<void> {
    attempt(path, () => {
      const reached = reachablePath(path);
      if (!namesDirectory(path)) removeUnlessDirectory(reached);
      symlink(passable(destination), reached);
    });
  }

  join(directory: string, name: string): string {
    return joinPath(directory, name);
  }

  nameOf(path: string): string {
    return nameOfPath(path);
  }
}

class DenoFile implements OpenFile {
  readonly writesAtOnce: boolean = true;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  /** Where the system reads and writes next. */
  #position = 0;
  #isOpen = true;

  constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  async stat(): Promise<Attributes> {
    return attempt(
      this.#path,
      () => attributesOf(this.#path, this.#file.statSync()),
    );
  }

  async identify(): Promise<Attributes> {
    return await this.stat();
  }

  async read(buffer: Uint8Array, at: number): Promise<number> {
    return attempt(this.#path, () => {
      this.#seek(at);
      const count = this.#file.readSync(buffer) ?? 0;
      this.#position += count;
      return count;
    });
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    attempt(this.#path, () => {
      this.#seek(at);
      for (let done = 0; done < bytes.length;) {
        const count = this.#file.writeSync(bytes.subarray(done));
        this.#position += count;
        done += count;
      }
    });
  }

  /** Only if need be: not every kind of file can. */
  #seek(at: number): void {
    if (at !== this.#position) this.#file.seekSync(at, Deno.SeekMode.Start);
    this.#position = at;
  }

  async truncate(size: number): Promise<void> {
    attempt(`${this.#path}: truncate`, () => this.#file.truncateSync(size));
  }

  async setMode(mode: number): Promise<void> {
    setMode(this.#path, mode);
  }

  async setTimes(times: Times): Promise<void> {
    attempt(
      `${this.#path}: set times`,
      () =>
        this.#file.utimeSync(seconds(times.accessed), seconds(times.modified)),
    );
  }

  async close(): Promise<void> {
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) this.#file.close();
    this.#isOpen = false;
  }
}

/**
 * Opens a file, made where there is none. To a program that may not do
 * everything the runtime opens no link that leads to nothing.
 */
function openLinked(path: string, options: Deno.OpenOptions): Deno.FsFile {
  const reached = writablePath(path);
  try {
    return Deno.openSync(reached, options);
  } catch (error) {
    const { NotFound, FilesystemLoop } = Deno.errors;
    const mayDangle = error instanceof NotFound ||
      error instanceof FilesystemLoop;
    const linked = mayDangle ? danglingPath(reached) : undefined;
    if (linked === undefined) throw error;
    return openLinked(linked, options);
  }
}

/** Makes a link; Windows has one kind for directories, another for all else. */
function symlink(destination: string, path: string): void {
  const type = isDirectory(linkedPath(path, destination)) ? "dir" : "file";
  Deno.symlinkSync(destination, path, { type });
}

function removeUnlessDirectory(path: string): void {
  try {
    if (!Deno.lstatSync(path).isDirectory) Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** A FIFO or a device: while it keeps us waiting, signals still get in. */
class WaitingFile extends DenoFile {
  override readonly writesAtOnce = false;
  readonly #path: string;
  readonly #file: Deno.FsFile;

  constructor(path: string, file: Deno.FsFile) {
    super(path, file);
    this.#path = path;
    this.#file = file;
  }

  override async write(bytes: Uint8Array): Promise<void> {
    await attemptLater(this.#path, async () => {
      for (let at = 0; at < bytes.length;) {
        at += await this.#file.write(bytes.subarray(at));
      }
    });
  }
}

function setMode(path: string, mode: number): void {
  if (Deno.build.os === "windows") return;
  attempt(`${path}: set mode`, () => Deno.chmodSync(reachablePath(path), mode));
}

function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}

type Entries = AsyncIterator<Deno.DirEntry>;

async function* listed(
  path: string,
  entries: Entries,
  first: IteratorResult<Deno.DirEntry>,
): AsyncIterator<DirectoryEntry> {
  try {
    for (let next = first; !next.done;) {
      yield { name: next.value.name };
      next = await attemptLater(path, () => entries.next());
    }
  } finally {
    await entries.return?.();
  }
}

function lookedAt(path: string): Attributes {
  return attributesOf(path, Deno.statSync(reachablePath(path)));
}

function attributesOf(path: string, info: Deno.FileInfo): Attributes {
  return {
    kind: info.isFile ? "file" : info.isDirectory ? "directory" : "other",
    size: info.size,
    mode: modeOf(Deno.build.os, info),
    modified: info.mtime?.getTime() ?? 0,
    accessed: info.atime?.getTime() ?? info.mtime?.getTime() ?? 0,
    identity: identityOf(path, info),
    ...bornOf(info),
  };
}

function bornOf(
  { isDirectory, birthtime, ctime }: Deno.FileInfo,
): Pick<Attributes, "born"> {
  const born = birthtime ?? ctime;
  return isDirectory && born !== null ? { born: born.getTime() } : {};
}

/**
 * Inode numbers beyond 2^53, as overlay file systems and Windows give, are not
 * exact, and 0 stands for none.
 */
function identityOf(path: string, { dev, ino }: Deno.FileInfo): string {
  if (ino && Number.isSafeInteger(ino)) return `${dev}:${ino}`;
  return Deno.realPathSync(reachablePath(path));
}
