import { EntryError } from "../../../lib/errors.ts";
import type { OpenFile, Times } from "../../../lib/filesystem/file_system.ts";
import type {
  DiskSpace,
  EntryStatus,
  OpenPurpose,
  ServedFile,
  ServedFileSystem,
} from "../../../lib/filesystem/served_file_system.ts";
import { MemoryFileSystem } from "./memory_file_system.ts";

/** Room for one file, in bytes. */
const ROOM_BYTES = 1024 * 1024;

const S_IFREG = 0o100000;
const S_IFDIR = 0o040000;
const S_IFLNK = 0o120000;

/** A small disk in memory, as a server of SFTP shows it. */
export class ServedMemory extends MemoryFileSystem implements ServedFileSystem {
  /** Files that are open. */
  readonly opened = new Set<ServedFile>();

  async homeOf(user: string): Promise<string | undefined> {
    return user === "" ? "/home" : undefined;
  }

  async look(
    path: string,
    { followsLink }: { readonly followsLink: boolean },
  ): Promise<EntryStatus> {
    const destination = followsLink ? undefined : await this.readlink(path);
    return destination === undefined
      ? await statusOf(this, path)
      : linkStatus(destination);
  }

  async open(
    path: string,
    { makes, isNew, empties }: OpenPurpose,
    mode: number,
  ): Promise<ServedFile> {
    const file = isNew
      ? await this.createNew(path, mode)
      : makes
      ? await this.openToWrite(path, mode)
      : await this.openToRead(path);
    if (empties) await file.truncate(0);
    return new ServedMemoryFile(file, this.opened);
  }

  async rmdir(path: string): Promise<void> {
    throw new EntryError(`${path}: Directory not empty`);
  }

  async rename(from: string, path: string): Promise<void> {
    if (await this.find(path)) throw new EntryError(`${path}: File exists`);
    await this.replace(from, path);
  }

  async setLinkTimes(_path: string, _times: Times): Promise<void> {}

  async canonical(path: string): Promise<string> {
    return path.startsWith("/") ? path : `/${path}`;
  }

  async space(path: string): Promise<DiskSpace> {
    await this.stat(path);
    return {
      blockBytes: 4096,
      fragmentBytes: 4096,
      blocks: 2 ** 53 - 1,
      freeBlocks: 0,
      availableBlocks: 0,
      inodes: 0,
      freeInodes: 0,
      availableInodes: 0,
      id: 0,
      flags: 0,
      longestName: 255,
    };
  }
}

/** An open file that no client makes larger than its room. */
class ServedMemoryFile implements ServedFile {
  readonly #file: OpenFile;
  readonly #opened: Set<ServedFile>;

  constructor(file: OpenFile, opened: Set<ServedFile>) {
    this.#file = file;
    this.#opened = opened;
    opened.add(this);
  }

  async look(): Promise<EntryStatus> {
    return await statusOf(this.#file);
  }

  async sync(): Promise<void> {}

  stat() {
    return this.#file.stat();
  }

  identify() {
    return this.#file.identify();
  }

  read(buffer: Uint8Array, at: number): Promise<number> {
    return this.#file.read(buffer, at);
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    checkRoom(at + bytes.length);
    await this.#file.write(bytes, at);
  }

  async truncate(size: number): Promise<void> {
    checkRoom(size);
    await this.#file.truncate(size);
  }

  setMode(mode: number): Promise<void> {
    return this.#file.setMode(mode);
  }

  setTimes(times: Times): Promise<void> {
    return this.#file.setTimes(times);
  }

  async close(): Promise<void> {
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#opened.delete(this);
  }
}

function checkRoom(size: number): void {
  if (size > ROOM_BYTES) throw new EntryError("No space left on device");
}

async function statusOf(
  it: OpenFile | MemoryFileSystem,
  path = "",
): Promise<EntryStatus> {
  const { kind, size, mode, modified, accessed } = await it.stat(path);
  return {
    size,
    permissions: (kind === "directory" ? S_IFDIR : S_IFREG) | mode & 0o7777,
    user: 1000,
    group: 1000,
    names: 1,
    modified,
    accessed,
  };
}

function linkStatus(destination: string): EntryStatus {
  return {
    size: destination.length,
    permissions: S_IFLNK | 0o777,
    user: 1000,
    group: 1000,
    names: 1,
    modified: 0,
    accessed: 0,
  };
}
