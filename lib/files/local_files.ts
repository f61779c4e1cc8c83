import { EntryError, entryError } from "../errors.ts";
import { DenoFiles } from "./deno_files.ts";
import type {
  Attributes,
  Files,
  ListedEntry,
  Listing,
  OpenFile,
  Times,
} from "./files.ts";
import { joinPath, LOCAL_PACE, nameOfPath } from "./local_path.ts";
import { RawFiles } from "./raw_files.ts";

/** Whether names are any bytes here, and may be no UTF-8. */
const hasRawNames = Deno.build.os === "linux";

/**
 * The local disk, every name on it: what the runtime cannot name is reached by
 * the system's own calls. Where there is no such name, that it is asked for is
 * an `EntryError`.
 */
export class LocalFiles implements Files {
  readonly label = "";
  readonly pace = LOCAL_PACE;
  readonly #named = new DenoFiles();
  readonly #raw = new RawFiles();

  async find(path: string): Promise<Attributes | undefined> {
    return this.#filesFor(path).find(path);
  }

  async attributes(path: string): Promise<Attributes> {
    return this.#filesFor(path).attributes(path);
  }

  async identify(path: string): Promise<string | undefined> {
    return this.#filesFor(path).identify(path);
  }

  async list(path: string): Promise<Listing> {
    const entries = await this.#filesFor(path).list(path);
    if (!hasRawNames || !path.isWellFormed()) return entries;
    return {
      [Symbol.asyncIterator]: () => this.#exactly(path, entries),
      [Symbol.dispose]: () => entries[Symbol.dispose](),
    };
  }

  async openToRead(path: string): Promise<OpenFile> {
    return this.#filesFor(path).openToRead(path);
  }

  async openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
  ): Promise<OpenFile> {
    // The runtime sets an open file's mode by its path, which may have come to
    // lead elsewhere; only it can wait for who reads a FIFO.
    const files = hasRawNames && replaced?.kind !== "other"
      ? this.#raw
      : this.#filesFor(path);
    return files.openToWrite(path, mode, replaced);
  }

  async remove(path: string): Promise<void> {
    return this.#filesFor(path).remove(path);
  }

  async makeFolder(path: string, mode: number): Promise<void> {
    return this.#filesFor(path).makeFolder(path, mode);
  }

  async setMode(path: string, mode: number): Promise<void> {
    return this.#filesFor(path).setMode(path, mode);
  }

  async setTimes(path: string, times: Times): Promise<void> {
    return this.#filesFor(path).setTimes(path, times);
  }

  async readLink(path: string): Promise<string | undefined> {
    try {
      return await this.#filesFor(path).readLink(path);
    } catch (error) {
      // The runtime does not read a link that leads to what it cannot name.
      const { cause } = entryError(error);
      if (!hasRawNames || !(cause instanceof Deno.errors.InvalidData)) {
        throw error;
      }
      return this.#raw.readLink(path);
    }
  }

  async makeLink(path: string, destination: string): Promise<void> {
    return this.#filesFor(path, destination).makeLink(path, destination);
  }

  join(folder: string, name: string): string {
    return joinPath(folder, name);
  }

  nameOf(path: string): string {
    return nameOfPath(path);
  }

  /** @throws {EntryError} If a name is of a kind that this system lacks. */
  #filesFor(path: string, destination = ""): Files {
    if (path.isWellFormed() && destination.isWellFormed()) return this.#named;
    if (hasRawNames) return this.#raw;
    throw new EntryError(
      `${path}: names that are not UTF-8 cannot be used on this system`,
    );
  }

  /** The names as they are; the folder is listed again for those in doubt. */
  async *#exactly(
    path: string,
    entries: Listing,
  ): AsyncIterator<ListedEntry> {
    let areExact = true;
    for await (const entry of entries) {
      if (isUnclear(entry.name)) areExact = false;
      else yield entry;
    }
    if (areExact) return;
    for await (const entry of await this.#raw.list(path)) {
      if (isUnclear(entry.name)) yield entry;
    }
  }
}

/** The process's umask; where there is none, as on Windows, no bits. */
export function currentUmask(): number {
  return Deno.build.os === "windows" ? 0 : Deno.umask();
}

/** Whether the runtime gives this name, or gives it for another one. */
function isUnclear(name: string): boolean {
  return name.includes("\ufffd") || !name.isWellFormed();
}
