import { hashByReading } from "../digest/read_hash.ts";
import { EntryError } from "../errors.ts";
import type { Digest, DigestOptions } from "../filesystem/digest.ts";
import type {
  Attributes,
  Concurrency,
  FileSystem,
  Listing,
  OpenFile,
  Times,
} from "../filesystem/file_system.ts";
import { onWindows } from "../system/own_platform.ts";
import { attempt } from "./attempt.ts";
import { denoCalls } from "./deno_calls.ts";
import { hasLinuxCalls, linuxCalls } from "./linux_calls.ts";
import { LocalFile } from "./local_file.ts";
import { LocalListing } from "./local_listing.ts";
import { joinPath, nameOfPath } from "./local_path.ts";
import type { SystemCalls } from "./system_calls.ts";
import { readWhole, storeWhole } from "./whole_file.ts";

/** Linux's own calls reach every name and every kind of entry. */
const BEST_CALLS: SystemCalls = hasLinuxCalls() ? linuxCalls : denoCalls;

/**
 * The local disk. Calls are synchronous and made when their result is wanted:
 * measured, an asynchronous read costs an upload 15 %. Only FIFOs and devices
 * that are written to are waited for.
 */
export class LocalFileSystem implements FileSystem {
  readonly label = "";
  /** Calls that finish at once are best made one after the other. */
  readonly concurrency: Concurrency = {
    entries: 1,
    blocks: 0,
    blockBytes: 256 * 1024,
  };
  readonly readWhole: FileSystem["readWhole"];
  readonly storeWhole: FileSystem["storeWhole"];
  readonly #calls: SystemCalls;

  /** @param calls Calls to serve the disk by; the best of this system if absent. */
  constructor(calls: SystemCalls = BEST_CALLS) {
    this.#calls = calls;
    this.readWhole = (path, buffer) => readWhole(calls, path, buffer);
    if (calls.setsByFile) {
      this.storeWhole = (file, made) => storeWhole(calls, file, made);
    }
  }

  async find(path: string): Promise<Attributes | undefined> {
    return attempt(path, () => this.#calls.find(path));
  }

  async stat(path: string): Promise<Attributes> {
    return attempt(path, () => this.#calls.stat(path));
  }

  async identify(path: string): Promise<string | undefined> {
    return attempt(path, () => this.#calls.stat(path).identity);
  }

  async readdir(path: string): Promise<Listing> {
    const entries = attempt(path, () => this.#calls.readdir(path));
    const first = await attempt(path, () => entries.next());
    return new LocalListing(path, entries, first);
  }

  async openToRead(path: string): Promise<OpenFile> {
    return new LocalFile(
      path,
      attempt(path, () => this.#calls.openToRead(path)),
    );
  }

  async create(path: string, mode: number): Promise<OpenFile | undefined> {
    return this.#create(path, mode);
  }

  #create(path: string, mode: number, name = path): OpenFile | undefined {
    const file = attempt(name, () => this.#calls.create(path, mode));
    return file && new LocalFile(name, file);
  }

  async createNew(
    path: string,
    mode: number,
    name = path,
  ): Promise<OpenFile> {
    const file = this.#create(path, mode, name);
    if (file !== undefined) return file;
    throw new EntryError(`${name}: File exists`);
  }

  async openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
    name = path,
  ): Promise<OpenFile> {
    if (replaced?.kind !== "other") {
      return new LocalFile(
        name,
        attempt(name, () => this.#calls.openToWrite(path, mode)),
      );
    }
    const file = await attempt(name, () => this.#calls.openToWait(path, mode));
    return new LocalFile(name, file, { writesAtOnce: false });
  }

  async replace(from: string, path: string): Promise<void> {
    attempt(path, () => this.#calls.rename(from, path));
  }

  async digest(
    path: string,
    { length }: DigestOptions = {},
  ): Promise<Digest> {
    // To open a FIFO would wait for its writer.
    if ((await this.stat(path)).kind !== "file") {
      throw new EntryError(`${path}: not a regular file`);
    }
    using file = await this.openToRead(path);
    const hash = await hashByReading(file, {
      path,
      length,
      blockBytes: this.concurrency.blockBytes,
      atOnce: 1,
    });
    return { kind: "hash", hash };
  }

  async remove(path: string): Promise<void> {
    attempt(path, () => this.#calls.unlink(path));
  }

  async mkdir(path: string, mode: number): Promise<void> {
    attempt(path, () => this.#calls.mkdir(path, mode));
  }

  async setMode(path: string, mode: number): Promise<void> {
    attempt(`${path}: set mode`, () => this.#calls.chmod(path, mode));
  }

  async setTimes(path: string, times: Times): Promise<void> {
    attempt(`${path}: set times`, () => this.#calls.utimes(path, times));
  }

  async readlink(path: string): Promise<string | undefined> {
    return attempt(path, () => this.#calls.readlink(path));
  }

  async symlink(
    path: string,
    destination: string,
    replaces = true,
    name = path,
  ): Promise<void> {
    attempt(name, () => {
      if (replaces) this.#calls.unlinkUnlessDirectory(path);
      this.#calls.symlink(destination, path);
    });
  }

  join(directory: string, name: string): string {
    return joinPath(directory, name);
  }

  nameOf(path: string): string {
    return nameOfPath(path);
  }
}

/** Gives the process's umask; no bits where there is none, as on Windows. */
export function currentUmask(): number {
  return onWindows ? 0 : Deno.umask();
}
