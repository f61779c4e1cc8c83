import type {
  Attributes,
  Concurrency,
  DirectoryEntry,
  FileSystem,
  Listing,
  OpenFile,
  Times,
} from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { withFaults } from "./faulty_file.ts";
import { listingOf } from "../fixtures/listed_entries.ts";

/** A call that a test holds. */
export interface Hold {
  /** Resolves when the call was made. */
  readonly reached: Promise<void>;
  letGo(): void;
}

/**
 * The local disk with the concurrency of a server's: several entries and blocks at
 * once. It notes each call as `name path`, the path from a root on; a call waits for
 * as long as a test holds it. Names are listed in order.
 */
export class HeldFileSystem extends LocalFileSystem {
  override readonly concurrency: Concurrency;
  /** All calls are waited for. */
  override readonly readWhole = undefined;
  override readonly storeWhole: FileSystem["storeWhole"] = undefined;
  readonly calls: string[] = [];
  readonly #root: string;
  readonly #holds = new Map<string, PromiseWithResolvers<void>[]>();

  constructor(root: string, entries = 4) {
    super();
    this.concurrency = { entries, blocks: 3, blockBytes: 4 };
    this.#root = root;
  }

  /** Holds the next such call. */
  hold(call: string): Hold {
    const reached = Promise.withResolvers<void>();
    const letGo = Promise.withResolvers<void>();
    this.#holds.set(call, [reached, letGo]);
    return { reached: reached.promise, letGo: () => letGo.resolve() };
  }

  async #pass(name: string, path: string): Promise<void> {
    const call = `${name} ${path.slice(this.#root.length + 1)}`;
    this.calls.push(call);
    const [reached, letGo] = this.#holds.get(call) ?? [];
    this.#holds.delete(call);
    reached?.resolve();
    await letGo?.promise;
  }

  override async find(path: string): Promise<Attributes | undefined> {
    await this.#pass("find", path);
    return await super.find(path);
  }

  override async stat(path: string): Promise<Attributes> {
    await this.#pass("stat", path);
    return await super.stat(path);
  }

  override async readdir(path: string): Promise<Listing> {
    await this.#pass("readdir", path);
    return listingOf(this.#entries(path));
  }

  async *#entries(path: string): AsyncIterable<DirectoryEntry> {
    const names = Array.from(Deno.readDirSync(path), ({ name }) => name);
    for (const name of names.toSorted()) {
      await this.#pass("entry", this.join(path, name));
      yield { name };
    }
  }

  override async openToRead(path: string): Promise<OpenFile> {
    await this.#pass("openToRead", path);
    return this.#held(path, await super.openToRead(path));
  }

  override async openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
  ): Promise<OpenFile> {
    await this.#pass("openToWrite", path);
    return this.#held(path, await super.openToWrite(path, mode, replaced));
  }

  override async mkdir(path: string, mode: number): Promise<void> {
    await this.#pass("mkdir", path);
    await super.mkdir(path, mode);
  }

  override async setMode(path: string, mode: number): Promise<void> {
    await this.#pass("setMode", path);
    await super.setMode(path, mode);
  }

  override async setTimes(path: string, times: Times): Promise<void> {
    await this.#pass("setTimes", path);
    await super.setTimes(path, times);
  }

  override async symlink(path: string, destination: string): Promise<void> {
    await this.#pass("symlink", path);
    await super.symlink(path, destination);
  }

  #held(path: string, file: OpenFile): OpenFile {
    return withFaults(file, {
      read: async (buffer, at) => {
        await this.#pass("read", path);
        return await file.read(buffer, at);
      },
      write: async (bytes, at) => {
        await this.#pass("write", path);
        await file.write(bytes, at);
      },
      close: async () => {
        await this.#pass("close", path);
        await file.close();
      },
    });
  }
}
