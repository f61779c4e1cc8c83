import { EntryError } from "../errors.ts";
import type { Attributes, FileSystem } from "../filesystem/file_system.ts";
import {
  checkStorable,
  isPlainName,
  keyOf,
  nameKeyOf,
} from "../names/names.ts";
import { NameCollisions } from "../filesystem/name_collisions.ts";
import { KeyedLock } from "./keyed_lock.ts";
import type { TransferRun } from "./transfer_run.ts";
import type { Destination, FoundEntry } from "./destination.ts";
import { FileCopier } from "./file_copier.ts";
import { DirectoryCopier, type FilledDirectory } from "./directory_copier.ts";
import type { CopiedDirectory } from "../filesystem/directory_loops.ts";
import { LinkCopier } from "./link_copier.ts";
import type { TransferOptions } from "./options.ts";
import type { OwnDirectories } from "./own_directories.ts";
import type { WaitGroup } from "./wait_group.ts";

/** What is copied. */
export interface SourceEntry {
  readonly path: string;
  /**
   * The name that it gets at the target; absent where that is its path's. What a
   * directory holds whose name is empty or a dot path goes straight into the
   * target.
   */
  readonly name?: string;
  /** Absent where nobody has looked yet. */
  readonly attributes?: Attributes | undefined;
}

/** What an entry is part of. */
export interface Surroundings {
  /** The directory it is in; none at the top. */
  readonly above: CopiedDirectory | undefined;
  /** What has to end with it. */
  readonly pending: WaitGroup;
}

/**
 * How many entries are in flight for each directory that is gone through beside
 * the one at hand. A directory is open meanwhile, as an entry is.
 */
const ENTRIES_A_DIRECTORY = 4;

/** Goes through trees and begins to copy what it finds. */
export class TreeCopier {
  readonly #from: FileSystem;
  readonly #to: FileSystem;
  readonly #options: TransferOptions;
  readonly #run: TransferRun;
  readonly #files: FileCopier;
  readonly #directories: DirectoryCopier;
  readonly #links: LinkCopier | undefined;
  /**
   * Directories that are filled, by their paths. What a server says of where they
   * lead to is no part of that: they could then wait for each other.
   */
  readonly #filled = new KeyedLock();
  #directoriesToSpare: number;

  constructor(
    from: FileSystem,
    to: FileSystem,
    options: TransferOptions,
    { run, ownDirectories }: {
      run: TransferRun;
      ownDirectories: OwnDirectories;
    },
  ) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#run = run;
    this.#files = new FileCopier(from, to, options, run);
    this.#directories = new DirectoryCopier(from, to, options, {
      run,
      ownDirectories,
    });
    const entries = Math.max(from.concurrency.entries, to.concurrency.entries);
    this.#directoriesToSpare = Math.floor(entries / ENTRIES_A_DIRECTORY);
    const { recursive, links } = options;
    if (recursive && links !== "followed") {
      this.#links = new LinkCopier(from, to, links);
    }
  }

  /**
   * Gives the place that the next entry has in a directory.
   *
   * @param isNew Nothing is in it but what came before.
   * @throws {EntryError} If the name can be none there.
   */
  inside(
    directory: Destination,
    name: string,
    { isNew, among }: { isNew: boolean; among: NameCollisions },
  ): Destination {
    if (!isPlainName(name)) {
      throw new EntryError(`error: unexpected filename: ${name}`);
    }
    const path = this.#to.join(directory.path, name);
    checkStorable(name, path, this.#options.platform);
    const precedence = among.add(name);
    return {
      path,
      key: this.#to.join(directory.key, nameKeyOf(name)),
      mayExist: !isNew || precedence !== "first",
      place: { name, among, isCollision: precedence === "other" },
    };
  }

  /**
   * Begins to copy an entry and all that is in it.
   *
   * @throws {EntryError} If it is nothing that can be copied.
   */
  async copy(
    source: SourceEntry,
    destination: Destination,
    surroundings: Surroundings,
  ): Promise<void> {
    const { path } = source;
    if (this.#run.hasEnded) return this.#pass(path, surroundings);
    this.#run.observer.report({
      kind: "scan",
      path,
      target: destination.path,
    });
    const link = await this.#links?.find(path);
    if (link !== undefined) {
      return await this.#begin(
        path,
        surroundings,
        () => this.#links!.copy(path, destination, link),
      );
    }
    const attributes = source.attributes ?? await this.#from.stat(path);
    const found = { path, attributes };
    if (attributes.kind === "file") {
      return await this.#begin(
        path,
        surroundings,
        () => this.#copyFile(found, destination),
      );
    }
    if (attributes.kind !== "directory" || !this.#options.recursive) {
      throw new EntryError(`${this.#from.label}${path}: not a regular file`);
    }
    await this.#beside(this.#copyDirectory(found, destination, surroundings));
  }

  /** @throws {EntryError} If an entry at the top is not copied any more. */
  #pass(path: string, { above }: Surroundings): void {
    if (!this.#run.isBroken || above !== undefined) return;
    throw new EntryError(`${this.#from.label}${path}: not sent`);
  }

  async #begin(
    path: string,
    surroundings: Surroundings,
    step: () => Promise<void>,
  ): Promise<void> {
    const { pending } = surroundings;
    pending.add();
    await this.#run.begin(async () => {
      try {
        if (this.#run.hasEnded) this.#pass(path, surroundings);
        else await step();
      } finally {
        pending.done();
      }
    });
  }

  /** Goes on beside what was begun, unless too much is going on. */
  async #beside(begun: Promise<void>): Promise<void> {
    if (this.#directoriesToSpare === 0) return await begun;
    this.#directoriesToSpare--;
    begun.then(() => this.#directoriesToSpare++);
  }

  async #copyFile(
    source: FoundEntry,
    destination: Destination,
  ): Promise<void> {
    try {
      await this.#links?.checkNotMade(source.path, destination);
      await this.#files.copy(source, destination);
    } catch (error) {
      const { namedBy } = this.#options;
      const { path } = namedBy === "source" ? source : destination;
      this.#run.fail(path, error);
    }
  }

  /** Begins to copy a directory and all that is in it. */
  async #copyDirectory(
    source: FoundEntry,
    destination: Destination,
    surroundings: Surroundings,
  ): Promise<void> {
    const { pending } = surroundings;
    pending.add();
    // What is to be in one directory comes from one directory after the other.
    const claimed = await this.#filled.acquire(keyOf(destination.path));
    const end = () => {
      claimed[Symbol.dispose]();
      pending.done();
    };
    const directory = await this.#enter(source, destination, surroundings);
    if (directory === undefined) return end();
    directory.left.then(end);
    await this.#fill(directory);
    directory.pending.done();
  }

  /** Gives nothing if that failed, which is reported. */
  async #enter(
    source: FoundEntry,
    destination: Destination,
    surroundings: Surroundings,
  ): Promise<FilledDirectory | undefined> {
    const { path } = source;
    const { promise, resolve } = Promise.withResolvers<
      FilledDirectory | undefined
    >();
    await this.#run.begin(async () => {
      try {
        if (this.#run.hasEnded) return this.#pass(path, surroundings);
        await this.#links?.checkNotMade(path, destination);
        const { above } = surroundings;
        resolve(await this.#directories.enter(source, destination, above));
      } finally {
        resolve(undefined);
      }
    });
    return await promise;
  }

  /** Begins to copy all that is in a directory. */
  async #fill(
    { source, entries, destination, isNew, pending }: FilledDirectory,
  ): Promise<void> {
    const among = new NameCollisions(this.#to, destination.path);
    await this.#run.runOrReport(async () => {
      for await (const { name, attributes } of entries) {
        if (this.#run.hasEnded) return;
        await this.#run.runOrReport(() =>
          this.copy(
            { path: this.#from.join(source.path, name), attributes },
            this.inside(destination, name, { isNew, among }),
            { above: source, pending },
          )
        );
      }
    });
  }
}
