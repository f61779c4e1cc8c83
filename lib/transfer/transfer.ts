import { EntryError, naming, ProtocolError, SessionError } from "../errors.ts";
import type { Attributes, Files, Listing } from "../files/files.ts";
import { isNameless, isPlainName } from "../files/names.ts";
import { StoredFolder } from "../files/store.ts";
import type { Observer } from "../progress/observer.ts";
import { Claims } from "./claims.ts";
import { type Destination, type FoundEntry, keyOf } from "./destination.ts";
import { FileCopier } from "./file_copier.ts";
import { checkOutside, type OpenFolder, openFolder } from "./folder_loops.ts";
import { LinkCopier } from "./link_copier.ts";
import type { TransferOptions } from "./options.ts";
import { Pending } from "./pending.ts";
import { Window } from "./window.ts";

/** What is copied: entries of the files that hold them. */
export interface Sources {
  readonly files: Files;
  readonly entries: readonly SourceEntry[];
}

export interface SourceEntry {
  readonly path: string;
  /** Absent where nobody has looked yet. */
  readonly attributes?: Attributes | undefined;
}

/** Where to: a path in the files that will hold it. */
export interface Target {
  readonly files: Files;
  readonly path: string;
  /** Refuse a target that is no folder. */
  readonly mustBeFolder: boolean;
}

/** How many folders are gone through at once, beside the one at hand. */
const FOLDERS_AT_ONCE = 16;

/**
 * Copies entries to a path in the same or in other files: into the folder that
 * is there, else the first of them under that very path; what a folder without
 * a name of its own (`.`, `..`) holds goes straight into the target. Many
 * entries are under way at once where that is what their places are best at.
 * An entry that fails is reported to the observer, in its turn, and the rest
 * goes on.
 *
 * @throws {EntryError} If the target cannot be one, for any source.
 * @throws {ProtocolError} If a place broke its protocol. What arrived whole
 * before stays; each file that was under way is named.
 * @throws {SessionError} If the connection to a place is lost; the same.
 */
export async function transfer(
  sources: Sources,
  target: Target,
  { options, observer }: { options: TransferOptions; observer: Observer },
): Promise<void> {
  await new Transfer(sources.files, target.files, options, observer)
    .run(sources.entries, target);
}

/** A folder that is filled. */
interface FilledFolder {
  readonly source: OpenFolder;
  readonly entries: Listing;
  readonly stored: StoredFolder;
  readonly destination: Destination;
  /** What was begun in it. */
  readonly pending: Pending;
}

/** What an entry is part of. */
interface Surroundings {
  /** The folder it is in; none at the top. */
  readonly above: OpenFolder | undefined;
  /** What has to end with it. */
  readonly pending: Pending;
}

class Transfer {
  readonly #from: Files;
  readonly #to: Files;
  readonly #options: TransferOptions;
  readonly #observer: Observer;
  readonly #window: Window;
  readonly #files: FileCopier;
  readonly #links: LinkCopier | undefined;
  /** Folders that are filled, by the keys of their destinations. */
  readonly #folders = new Claims();
  #foldersToSpare: number;
  /** What broke it; nothing more is begun. */
  #breach: { readonly error: unknown } | undefined;

  constructor(
    from: Files,
    to: Files,
    options: TransferOptions,
    observer: Observer,
  ) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#observer = observer;
    const entries = Math.max(from.pace.entries, to.pace.entries);
    this.#window = new Window(entries, (error) => this.#report(error));
    this.#foldersToSpare = entries > 1 ? FOLDERS_AT_ONCE : 0;
    this.#files = new FileCopier(from, to, options, observer);
    const { recursive, links } = options;
    if (recursive && links !== "followed") {
      this.#links = new LinkCopier(from, to, links);
    }
  }

  async run(entries: readonly SourceEntry[], target: Target): Promise<void> {
    const { isFolder, destination } = await this.#look(target);
    const pending = new Pending();
    for (const [index, entry] of entries.entries()) {
      await this.#orReport(async () => {
        const name = this.#from.nameOf(entry.path);
        const goesInside = isFolder && !isNameless(name);
        if (!isFolder && index > 0) {
          throw new EntryError(
            `${this.#to.label}${target.path}: Not a directory: ` +
              `no place for ${name}`,
          );
        }
        await this.#copy(
          entry,
          goesInside ? this.#inside(destination, name, true) : destination,
          { above: undefined, pending },
        );
      });
    }
    pending.end();
    await pending.over;
    await this.#window.drained();
    if (this.#breach !== undefined) throw this.#breach.error;
  }

  async #look(
    { path, mustBeFolder }: Target,
  ): Promise<{ isFolder: boolean; destination: Destination }> {
    const found = mustBeFolder
      ? await this.#to.attributes(path)
      : await this.#to.find(path);
    const isFolder = found?.kind === "folder";
    if (mustBeFolder && !isFolder) {
      throw new EntryError(`${this.#to.label}${path}: Not a directory`);
    }
    const identity = isFolder ? await this.#to.identify(path) : undefined;
    return {
      isFolder,
      destination: { path, mayExist: true, key: keyOf(identity ?? path) },
    };
  }

  /** @throws {EntryError} If the name cannot be one there. */
  #inside(folder: Destination, name: string, mayExist: boolean): Destination {
    if (!isPlainName(name, this.#options.platform)) {
      throw new EntryError(`error: unexpected filename: ${name}`);
    }
    return {
      path: this.#to.join(folder.path, name),
      key: keyOf(this.#to.join(folder.key, name)),
      mayExist,
    };
  }

  /** Begins to copy an entry and all that is in it. */
  async #copy(
    source: SourceEntry,
    destination: Destination,
    surroundings: Surroundings,
  ): Promise<void> {
    const { path } = source;
    if (this.#isOver) return this.#pass(path, surroundings);
    this.#observer.explained(() => `Copying: ${path} to ${destination.path}`);
    const link = await this.#links?.find(path);
    if (link !== undefined) {
      return await this.#begin(
        path,
        surroundings,
        () => this.#links!.copy(path, destination.path, link),
      );
    }
    const attributes = source.attributes ?? await this.#from.attributes(path);
    if (attributes.kind === "file") {
      return await this.#begin(
        path,
        surroundings,
        () => this.#copyFile(path, attributes, destination),
      );
    }
    if (attributes.kind !== "folder" || !this.#options.recursive) {
      throw new EntryError(`${this.#from.label}${path}: not a regular file`);
    }
    await this.#beside(
      this.#copyFolder({ path, attributes }, destination, surroundings),
    );
  }

  /** @throws {EntryError} If an entry at the top is not copied any more. */
  #pass(path: string, { above }: Surroundings): void {
    if (this.#breach === undefined || above !== undefined) return;
    throw new EntryError(`${this.#from.label}${path}: not sent`);
  }

  /** Goes on beside what was begun, unless too much is going on. */
  async #beside(begun: Promise<void>): Promise<void> {
    if (this.#foldersToSpare === 0) return await begun;
    this.#foldersToSpare--;
    begun.then(() => this.#foldersToSpare++);
  }

  async #copyFile(
    path: string,
    attributes: Attributes,
    destination: Destination,
  ): Promise<void> {
    try {
      await this.#links?.checkNotMade(path, destination.path);
      await this.#files.copy({ path, attributes }, destination);
    } catch (error) {
      if (!isBreach(error)) throw error;
      const { namedBy } = this.#options;
      const name = namedBy === "source" ? path : destination.path;
      if (this.#breach !== undefined) {
        throw new EntryError(`${name}: ${error.message}`);
      }
      this.#breach = { error: naming(name, error) };
    }
  }

  /** Begins to copy a folder and all that is in it. */
  async #copyFolder(
    source: FoundEntry,
    destination: Destination,
    surroundings: Surroundings,
  ): Promise<void> {
    const { above, pending } = surroundings;
    pending.begin();
    // What is to be in one folder comes from one folder after the other.
    const claimed = await this.#folders.claim(destination.key);
    const entered = Promise.withResolvers<FilledFolder | undefined>();
    await this.#window.begin(async () => {
      try {
        if (this.#isOver) this.#pass(source.path, surroundings);
        else {
          await this.#links?.checkNotMade(source.path, destination.path);
          entered.resolve(await this.#enter(source, destination, above));
        }
      } finally {
        entered.resolve(undefined);
      }
    });
    const folder = await entered.promise;
    if (folder !== undefined) {
      const left = this.#leaveWhenFilled(folder, source.attributes);
      left.then(() => {
        claimed[Symbol.dispose]();
        pending.end();
      });
      await this.#fill(folder);
      folder.pending.end();
    } else {
      claimed[Symbol.dispose]();
      pending.end();
    }
  }

  async #enter(
    { path, attributes }: FoundEntry,
    destination: Destination,
    above: OpenFolder | undefined,
  ): Promise<FilledFolder> {
    const opening = openFolder(this.#from, { path, attributes, above });
    opening.catch(() => {
      // It is awaited below, unless the folder cannot be listed.
    });
    using listing = new DisposableStack();
    const entries = listing.use(await this.#from.list(path));
    const source = await opening;
    const stored = await this.#store(source, attributes, destination);
    listing.move();
    return {
      source,
      entries,
      stored,
      destination: {
        ...destination,
        key: await this.#keyOf(stored) ?? destination.key,
      },
      pending: new Pending(),
    };
  }

  async #store(
    source: OpenFolder,
    { mode }: Attributes,
    { path, mayExist }: Destination,
  ): Promise<StoredFolder> {
    const replaced = mayExist ? await this.#to.find(path) : undefined;
    const stored = await StoredFolder.enter(
      this.#to,
      { path, mode, replaced },
      this.#options.store,
    );
    if (this.#from === this.#to) await checkOutside(this.#to, path, source);
    return stored;
  }

  /** What is there may be reached by another path, too. */
  async #keyOf({ path }: StoredFolder): Promise<string | undefined> {
    const identity = await this.#to.identify(path);
    return identity === undefined ? undefined : keyOf(identity);
  }

  /** Begins to copy all that is in a folder. */
  async #fill(
    { source, entries, stored, destination, pending }: FilledFolder,
  ): Promise<void> {
    // A folder that is new has nothing in it but what came from this one.
    const filled = new Set<string>();
    await this.#orReport(async () => {
      for await (const { name, attributes } of entries) {
        if (this.#isOver) return;
        await this.#orReport(() => {
          const mayExist = !stored.isNew || filled.has(keyOf(name));
          if (stored.isNew) filled.add(keyOf(name));
          return this.#copy(
            { path: this.#from.join(source.path, name), attributes },
            this.#inside(destination, name, mayExist),
            { above: source, pending },
          );
        });
      }
    });
  }

  async #leaveWhenFilled(
    { stored, pending }: FilledFolder,
    attributes: Attributes,
  ): Promise<void> {
    await pending.over;
    const { promise, resolve } = Promise.withResolvers<void>();
    await this.#window.begin(async () => {
      try {
        const { preserve } = this.#options;
        const failure = await stored.leave(preserve ? attributes : undefined);
        if (failure !== undefined) throw failure;
      } finally {
        resolve();
      }
    });
    await promise;
  }

  async #begin(
    path: string,
    surroundings: Surroundings,
    step: () => Promise<void>,
  ): Promise<void> {
    const { pending } = surroundings;
    pending.begin();
    await this.#window.begin(async () => {
      try {
        if (this.#isOver) this.#pass(path, surroundings);
        else await step();
      } finally {
        pending.end();
      }
    });
  }

  /** What a step throws is reported after what was begun before. */
  async #orReport(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      await this.#window.begin(() => Promise.reject(error));
    }
  }

  #report(error: unknown): void {
    if (error instanceof EntryError) this.#observer.failed(error.message);
    else this.#breach ??= { error };
  }

  get #isOver(): boolean {
    return this.#breach !== undefined || this.#options.interrupted.aborted;
  }
}

function isBreach(error: unknown): error is ProtocolError | SessionError {
  return error instanceof ProtocolError || error instanceof SessionError;
}
