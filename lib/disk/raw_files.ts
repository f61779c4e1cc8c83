import * as system from "../system/libc.ts";
import type { Status } from "../system/status.ts";
import { attempt, attemptLater } from "./attempt.ts";
import type {
  Attributes,
  DirectoryEntry,
  FileSystem,
  Listing,
  OpenFile,
  Times,
} from "../filesystem/file_system.ts";
import * as libc from "./raw_calls.ts";
import { joinPath, LOCAL_CONCURRENCY, nameOfPath } from "./local_path.ts";

/**
 * A Linux disk, by the system's own calls: whatever bytes its names are, and
 * devices and `/proc` too, which the runtime refuses to programs that may not
 * do everything. Calls are made when their result is wanted: measured, a read
 * on a thread costs an upload 15 %. Only who writes to a FIFO is waited for on
 * one.
 */
export class PosixFileSystem implements FileSystem {
  readonly label = "";
  readonly concurrency = LOCAL_CONCURRENCY;

  async find(path: string): Promise<Attributes | undefined> {
    return attempt(path, () => {
      const status = libc.find(path);
      return status && attributesOf(status);
    });
  }

  async stat(path: string): Promise<Attributes> {
    return attempt(path, () => attributesOf(libc.stat(path)));
  }

  async identify(path: string): Promise<string | undefined> {
    return attempt(path, () => identityOf(libc.stat(path)));
  }

  async readdir(path: string): Promise<Listing> {
    const names = namesIn(path);
    const first = attempt(path, () => names.next());
    return {
      [Symbol.asyncIterator]: () => listed(path, names, first),
      [Symbol.dispose]: () => {
        names.return();
      },
    };
  }

  async openToRead(path: string): Promise<OpenFile> {
    const fd = attempt(path, () => libc.open(path, libc.O_RDONLY));
    return new RawFile(path, fd);
  }

  async create(path: string, mode: number): Promise<OpenFile | undefined> {
    const fd = attempt(path, () => libc.create(path, mode));
    return fd === undefined ? undefined : new RawFile(path, fd);
  }

  async openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
  ): Promise<OpenFile> {
    const flags = libc.O_WRONLY | libc.O_CREAT;
    if (replaced?.kind !== "other") {
      return new RawFile(
        path,
        attempt(path, () => libc.open(path, flags, mode)),
      );
    }
    const fd = await attemptLater(
      path,
      () => libc.openPatiently(path, flags, mode),
    );
    return new RawFile(path, fd, { writesAtOnce: false });
  }

  async remove(path: string): Promise<void> {
    attempt(path, () => libc.unlink(path));
  }

  async mkdir(path: string, mode: number): Promise<void> {
    attempt(path, () => libc.mkdir(path, mode));
  }

  async setMode(path: string, mode: number): Promise<void> {
    attempt(`${path}: set mode`, () => libc.chmod(path, mode));
  }

  async setTimes(path: string, { accessed, modified }: Times): Promise<void> {
    attempt(
      `${path}: set times`,
      () => libc.utimens(path, accessed, modified),
    );
  }

  async readlink(path: string): Promise<string | undefined> {
    return attempt(path, () => libc.readlink(path));
  }

  async symlink(path: string, destination: string): Promise<void> {
    attempt(path, () => {
      libc.unlinkUnlessDirectory(path);
      libc.symlink(destination, path);
    });
  }

  join(directory: string, name: string): string {
    return joinPath(directory, name);
  }

  nameOf(path: string): string {
    return nameOfPath(path);
  }
}

class RawFile implements OpenFile {
  readonly writesAtOnce: boolean;
  readonly #path: string;
  #fd: number;
  /** Where the system reads and writes next. */
  #position = 0;

  constructor(path: string, fd: number, { writesAtOnce = true } = {}) {
    this.#path = path;
    this.#fd = fd;
    this.writesAtOnce = writesAtOnce;
  }

  async stat(): Promise<Attributes> {
    return attempt(this.#path, () => attributesOf(libc.fstat(this.#fd)));
  }

  async identify(): Promise<Attributes> {
    return await this.stat();
  }

  async read(buffer: Uint8Array, at: number): Promise<number> {
    return attempt(this.#path, () => {
      this.#seek(at);
      const count = system.read(this.#fd, buffer)!;
      this.#position += count;
      return count;
    });
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    attempt(this.#path, () => this.#seek(at));
    for (let done = 0; done < bytes.length;) {
      const count = attempt(
        this.#path,
        () => system.write(this.#fd, bytes.subarray(done)),
      );
      if (count === undefined) await system.writable(this.#fd);
      else {
        this.#position += count;
        done += count;
      }
    }
  }

  /** Only if need be: not every kind of file can. */
  #seek(at: number): void {
    if (at !== this.#position) libc.seek(this.#fd, at);
    this.#position = at;
  }

  async truncate(size: number): Promise<void> {
    attempt(`${this.#path}: truncate`, () => libc.ftruncate(this.#fd, size));
  }

  async setMode(mode: number): Promise<void> {
    attempt(`${this.#path}: set mode`, () => libc.fchmod(this.#fd, mode));
  }

  async setTimes({ accessed, modified }: Times): Promise<void> {
    attempt(
      `${this.#path}: set times`,
      () => libc.futimens(this.#fd, accessed, modified),
    );
  }

  async close(): Promise<void> {
    const fd = this.#closed();
    if (fd === system.CLOSED) return;
    attempt(`${this.#path}: close`, () => system.closeWritten(fd));
  }

  [Symbol.dispose](): void {
    const fd = this.#closed();
    if (fd !== system.CLOSED) system.close(fd);
  }

  /** Gives what is to be closed now. */
  #closed(): number {
    const fd = this.#fd;
    this.#fd = system.CLOSED;
    return fd;
  }
}

function* namesIn(path: string): Generator<string, void> {
  // Should a FIFO have taken the directory's place, its open does not wait.
  const fd = libc.open(path, libc.O_RDONLY | system.O_NONBLOCK);
  try {
    for (const name of libc.entryNames(fd)) {
      if (name !== "." && name !== "..") yield name;
    }
  } finally {
    system.close(fd);
  }
}

async function* listed(
  path: string,
  names: Generator<string, void>,
  first: IteratorResult<string, void>,
): AsyncIterator<DirectoryEntry> {
  try {
    for (let next = first; !next.done;) {
      yield { name: next.value };
      next = attempt(path, () => names.next());
    }
  } finally {
    names.return();
  }
}

const KINDS: Readonly<Record<number, Attributes["kind"]>> = {
  0o100000: "file",
  0o040000: "directory",
};

function attributesOf(status: Status): Attributes {
  return {
    kind: KINDS[status.mode & 0o170000] ?? "other",
    size: status.size,
    mode: status.mode & 0o7777,
    modified: status.modified,
    accessed: status.accessed,
    identity: identityOf(status),
    ...(status.born === undefined ? {} : { born: status.born }),
  };
}

function identityOf({ device, inode }: Status): string {
  return `${device}:${inode}`;
}
