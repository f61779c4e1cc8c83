import { EntryError } from "../../../lib/errors.ts";
import type {
  Attributes,
  FileSystem,
  Listing,
  OpenFile,
  Times,
} from "../../../lib/filesystem/file_system.ts";
import { listingOf } from "../fixtures/listed_entries.ts";
import { MemoryFile, now } from "./memory_file.ts";

const SET_GROUP_ID = 0o2000;

/** Most links on the way to an entry, as Linux follows them. */
const MAX_LINKS = 40;

interface Directory {
  readonly kind: "directory";
  readonly above: Directory | undefined;
  readonly identity: string;
  readonly born: number;
  mode: number;
  times: Times;
  /** Entries by their folded names. */
  readonly entries: Map<string, { readonly name: string; readonly it: Entry }>;
}

interface Link {
  readonly kind: "link";
  readonly destination: string;
}

type Entry = Directory | Link | MemoryFile;

/** Place of an entry that is there, or may be made. */
interface Place {
  readonly directory: Directory;
  readonly name: string;
  readonly entry: Entry | undefined;
}

/** Properties of a disk in memory. */
export interface MemoryOptions {
  /** Mode bits that no new entry gets. */
  readonly umask?: number;
  /** Gives the same for names that the disk takes for one. */
  readonly fold?: (name: string) => string;
}

/**
 * A disk in memory, as a system serves one: modes under a umask, times, links and
 * identities; nobody is refused. Relative paths begin at the root.
 */
export class MemoryFileSystem implements FileSystem {
  readonly label = "";
  readonly concurrency = { entries: 1, blocks: 0, blockBytes: 256 * 1024 };
  /** As of a server, where a test sets it. */
  keepsOrder: FileSystem["keepsOrder"];
  readonly #umask: number;
  readonly #fold: (name: string) => string;
  readonly #root: Directory;
  #lastIdentity = 0;

  constructor(
    { umask = 0o022, fold = (name) => name }: MemoryOptions = {},
  ) {
    this.#umask = umask;
    this.#fold = fold;
    this.#root = this.#newDirectory(undefined, 0o755);
  }

  /** Adds a directory with its whole mode. */
  addDirectory(path: string, mode = 0o700): void {
    const place = this.#placeOf(path);
    this.#put(place, this.#newDirectory(place.directory, mode));
  }

  /** Adds a file with its whole mode, or replaces one. */
  addFile(path: string, content: string, mode = 0o600): void {
    const bytes = new TextEncoder().encode(content);
    this.#put(this.#placeOf(path), this.#newFile(mode, bytes));
  }

  /** Gives what a file holds. */
  textOf(path: string): string {
    return new TextDecoder().decode(this.#file(path).content);
  }

  /** Gives the mode of an entry. */
  modeOf(path: string): number {
    return attributesOf(this.#existing(path)).mode;
  }

  /** Describes all entries, sorted, as the `listing` of a real directory does. */
  listing(): string[] {
    return [...linesBelow(this.#root, "")].toSorted();
  }

  async find(path: string): Promise<Attributes | undefined> {
    const entry = this.#lookUp(path)?.entry;
    return entry && attributesOf(entry);
  }

  async stat(path: string): Promise<Attributes> {
    return attributesOf(this.#existing(path));
  }

  async identify(path: string): Promise<string | undefined> {
    return attributesOf(this.#existing(path)).identity;
  }

  async readdir(path: string): Promise<Listing> {
    const { entries } = this.#directory(path);
    return listingOf(Array.from(entries.values(), ({ name }) => ({ name })));
  }

  async openToRead(path: string): Promise<OpenFile> {
    return this.#file(path);
  }

  async create(path: string, mode: number): Promise<OpenFile | undefined> {
    const place = this.#placeOf(path, { follows: false });
    return place.entry === undefined ? this.#make(place, mode) : undefined;
  }

  async createNew(path: string, mode: number): Promise<OpenFile> {
    const file = await this.create(path, mode);
    if (file === undefined) throw failure(path, "File exists");
    return file;
  }

  async replace(from: string, path: string): Promise<void> {
    const { directory, name, entry } = this.#placeOf(from, { follows: false });
    if (entry === undefined) throw missing(from);
    const place = this.#placeOf(path, { follows: false });
    if (place.entry && isDirectory(place.entry)) {
      throw failure(path, "Is a directory");
    }
    directory.entries.delete(this.#fold(name));
    this.#put(place, entry);
  }

  async openToWrite(path: string, mode: number): Promise<OpenFile> {
    const place = this.#placeOf(path);
    return place.entry === undefined
      ? this.#make(place, mode)
      : this.#file(path);
  }

  async remove(path: string): Promise<void> {
    const { directory, name, entry } = this.#placeOf(path, { follows: false });
    if (entry === undefined) throw missing(path);
    if (isDirectory(entry)) throw failure(path, "Is a directory");
    directory.entries.delete(this.#fold(name));
  }

  async mkdir(path: string, mode: number): Promise<void> {
    const place = this.#placeOf(path, { follows: false });
    if (place.entry !== undefined) throw failure(path, "File exists");
    const { directory } = place;
    const inherited = directory.mode & SET_GROUP_ID;
    const made = mode & ~this.#umask | inherited;
    this.#put(place, this.#newDirectory(directory, made));
  }

  async setMode(path: string, mode: number): Promise<void> {
    const entry = this.#existing(path);
    if (!isLink(entry)) entry.mode = mode;
  }

  async setTimes(path: string, times: Times): Promise<void> {
    const entry = this.#existing(path);
    if (isDirectory(entry)) entry.times = times;
    else if (entry instanceof MemoryFile) await entry.setTimes(times);
  }

  async readlink(path: string): Promise<string | undefined> {
    const { entry } = this.#placeOf(path, { follows: false });
    if (entry === undefined) throw missing(path);
    return isLink(entry) ? entry.destination : undefined;
  }

  async symlink(
    path: string,
    destination: string,
    replaces = true,
  ): Promise<void> {
    const place = this.#placeOf(path, { follows: false });
    const { entry } = place;
    if (entry && (isDirectory(entry) || !replaces)) {
      throw failure(path, "File exists");
    }
    this.#put(place, { kind: "link", destination });
  }

  join(directory: string, name: string): string {
    return directory === "/" ? `/${name}` : `${directory}/${name}`;
  }

  nameOf(path: string): string {
    return path.replace(/\/+$/, "").replace(/^.*\//s, "");
  }

  #make(place: Place, mode: number): MemoryFile {
    const file = this.#newFile(mode & ~this.#umask, new Uint8Array());
    this.#put(place, file);
    return file;
  }

  #put({ directory, name }: Place, it: Entry): void {
    const key = this.#fold(name);
    const kept = directory.entries.get(key)?.name ?? name;
    directory.entries.set(key, { name: kept, it });
    directory.times = now();
  }

  #newDirectory(above: Directory | undefined, mode: number): Directory {
    return {
      kind: "directory",
      above,
      identity: this.#newIdentity(),
      born: Date.now(),
      mode,
      times: now(),
      entries: new Map(),
    };
  }

  #newFile(mode: number, content: Uint8Array): MemoryFile {
    return new MemoryFile(content, { mode, identity: this.#newIdentity() });
  }

  #newIdentity(): string {
    return `memory:${++this.#lastIdentity}`;
  }

  #existing(path: string): Entry {
    const entry = this.#lookUp(path)?.entry;
    if (entry === undefined) throw missing(path);
    return entry;
  }

  #directory(path: string): Directory {
    const entry = this.#existing(path);
    if (!isDirectory(entry)) throw failure(path, "Not a directory");
    return entry;
  }

  #file(path: string): MemoryFile {
    const entry = this.#existing(path);
    if (!(entry instanceof MemoryFile)) throw failure(path, "Is a directory");
    return entry;
  }

  #placeOf(path: string, options?: { readonly follows: boolean }): Place {
    const place = this.#lookUp(path, options);
    if (place === undefined) throw missing(path);
    return place;
  }

  /** Walks to a path; gives `undefined` where a directory on the way is missing. */
  #lookUp(
    path: string,
    { follows }: { readonly follows: boolean } = { follows: true },
  ): Place | undefined {
    if (path === "") return undefined;
    let place: Place = { directory: this.#root, name: "", entry: this.#root };
    let links = 0;
    const left = path.split("/");
    for (let name; (name = left.shift()) !== undefined;) {
      if (name === "" || name === ".") continue;
      const directory = place.entry;
      if (directory === undefined) return undefined;
      if (!isDirectory(directory)) throw failure(path, "Not a directory");
      if (name === "..") {
        const above = directory.above ?? directory;
        place = { directory: above, name: "", entry: above };
        continue;
      }
      const entry = directory.entries.get(this.#fold(name))?.it;
      place = { directory, name, entry };
      const isPassed = follows || left.some((each) => each !== "");
      if (entry === undefined || !isLink(entry) || !isPassed) continue;
      if (++links > MAX_LINKS) {
        throw failure(path, "Too many levels of symbolic links");
      }
      const start = entry.destination.startsWith("/") ? this.#root : directory;
      place = { directory: start, name: "", entry: start };
      left.unshift(...entry.destination.split("/"));
    }
    return place;
  }
}

function isDirectory(entry: Entry): entry is Directory {
  return "kind" in entry && entry.kind === "directory";
}

function isLink(entry: Entry): entry is Link {
  return "kind" in entry && entry.kind === "link";
}

function attributesOf(entry: Entry): Attributes {
  if (entry instanceof MemoryFile) return entry.attributes;
  if (isLink(entry)) throw new Error("a link was not followed");
  const { kind, identity, born, mode, times } = entry;
  return { kind, size: 0, mode, ...times, identity, born };
}

function* linesBelow(directory: Directory, prefix: string): Iterable<string> {
  for (const { name, it } of directory.entries.values()) {
    const path = prefix + name;
    if (it instanceof MemoryFile) {
      const text = new TextDecoder().decode(it.content);
      yield `${path} = ${JSON.stringify(text)}`;
    } else if (isLink(it)) yield `${path} -> ${it.destination}`;
    else {
      yield `${path}/`;
      yield* linesBelow(it, `${path}/`);
    }
  }
}

function missing(path: string): EntryError {
  return failure(path, "No such file or directory");
}

function failure(path: string, reason: string): EntryError {
  return new EntryError(`${path}: ${reason}`);
}
