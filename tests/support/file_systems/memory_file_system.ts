import { EntryError } from "../../../lib/errors.ts";
import type {
  Attributes,
  EntryKind,
  FileSystem,
  OpenFile,
} from "../../../lib/filesystem/file_system.ts";

interface Entry {
  readonly kind: EntryKind;
  size: number;
  mode: number;
}

/** A disk in memory that keeps no content: names, lengths and modes. */
export class MemoryFileSystem implements FileSystem {
  readonly label = "";
  readonly concurrency = { entries: 1, blocks: 0, blockBytes: 256 * 1024 };
  readonly entries = new Map<string, Entry>();

  addDirectory(path: string): void {
    this.entries.set(path, { kind: "directory", size: 0, mode: 0o700 });
  }

  addFile(path: string, size: number): void {
    this.entries.set(path, { kind: "file", size, mode: 0o600 });
  }

  async find(path: string): Promise<Attributes | undefined> {
    const entry = this.entries.get(path);
    return entry && { ...entry, modified: 0, accessed: 0 };
  }

  async stat(path: string): Promise<Attributes> {
    return { ...this.#entry(path), modified: 0, accessed: 0 };
  }

  async identify(path: string): Promise<undefined> {
    this.#entry(path);
  }

  async create(path: string, mode: number): Promise<OpenFile | undefined> {
    return this.entries.has(path) ? undefined : this.openToWrite(path, mode);
  }

  async openToWrite(path: string, mode: number): Promise<OpenFile> {
    const found = this.entries.get(path);
    if (found?.kind === "directory") throw failure(path, "Is a directory");
    if (found === undefined) this.#add(path, { kind: "file", size: 0, mode });
    return new MemoryOpenFile(this.#entry(path));
  }

  async mkdir(path: string, mode: number): Promise<void> {
    if (this.entries.has(path)) throw failure(path, "File exists");
    this.#add(path, { kind: "directory", size: 0, mode });
  }

  async setMode(path: string, mode: number): Promise<void> {
    this.#entry(path).mode = mode;
  }

  async setTimes(path: string): Promise<void> {
    this.#entry(path);
  }

  async remove(path: string): Promise<void> {
    if (!this.entries.delete(path)) {
      throw failure(path, "No such file or directory");
    }
  }

  async readdir(path: string): Promise<never> {
    throw failure(path, "Operation not supported");
  }

  async openToRead(path: string): Promise<never> {
    throw failure(path, "Operation not supported");
  }

  async readlink(): Promise<undefined> {}

  async symlink(path: string): Promise<void> {
    throw failure(path, "Operation not supported");
  }

  join(directory: string, name: string): string {
    return `${directory}/${name}`;
  }

  nameOf(path: string): string {
    return path.slice(path.lastIndexOf("/") + 1);
  }

  #entry(path: string): Entry {
    const entry = this.entries.get(path);
    if (entry === undefined) throw failure(path, "No such file or directory");
    return entry;
  }

  #add(path: string, entry: Entry): void {
    const above = this.#entry(path.slice(0, path.lastIndexOf("/")));
    if (above.kind !== "directory") throw failure(path, "Not a directory");
    this.entries.set(path, entry);
  }
}

class MemoryOpenFile implements OpenFile {
  readonly #entry: Entry;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  async stat(): Promise<Attributes> {
    return { ...this.#entry, modified: 0, accessed: 0 };
  }

  async identify(): Promise<undefined> {}

  async read(): Promise<number> {
    return 0;
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    this.#entry.size = Math.max(this.#entry.size, at + bytes.length);
  }

  async truncate(size: number): Promise<void> {
    this.#entry.size = size;
  }

  async setMode(mode: number): Promise<void> {
    this.#entry.mode = mode;
  }

  async setTimes(): Promise<void> {}

  async close(): Promise<void> {}

  [Symbol.dispose](): void {}
}

function failure(path: string, reason: string): EntryError {
  return new EntryError(`${path}: ${reason}`);
}
