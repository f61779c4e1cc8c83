import { CutError, EntryError } from "../errors.ts";
import type {
  Attributes,
  DirectoryEntry,
  FileSystem,
} from "../filesystem/file_system.ts";
import { keyOf } from "../names/names.ts";
import { NameCollisions } from "../filesystem/name_collisions.ts";
import { startFile } from "../events/file_progress.ts";
import { KeyedLock } from "./keyed_lock.ts";
import type { TransferRun } from "./transfer_run.ts";
import {
  type Destination,
  destinationInside,
  type EntryPaths,
  type FoundEntry,
  type Holding,
  throwUnlessRefused,
} from "./destination.ts";
import { FileCopier } from "./file_copier.ts";
import { DirectoryCopier, type FilledDirectory } from "./directory_copier.ts";
import type { CopiedDirectory } from "../filesystem/directory_loops.ts";
import { LinkCopier } from "./link_copier.ts";
import { eventPath, type TransferOptions } from "./options.ts";
import type { Step } from "./ordered_pool.ts";
import type { OwnDirectories } from "./own_directories.ts";
import type { WaitGroup } from "./wait_group.ts";

/** Entry to copy. */
export interface SourceEntry {
  readonly path: string;
  /**
   * Name at the target; absent where that is its path's. The content of a
   * directory whose name is empty, `.` or `..` goes straight into the target.
   */
  readonly name?: string;
  /** Absent where they are not known yet. */
  readonly attributes?: Attributes | undefined;
  /** True where a listing has told that it is no link. */
  readonly isNoLink?: boolean;
}

/** Surroundings of an entry in a tree. */
export interface Surroundings {
  /** Directory that holds it; absent at the top. */
  readonly above: CopiedDirectory | undefined;
  /** Tasks of the directory that holds it. */
  readonly pending: WaitGroup;
}

/**
 * Entries that may be in flight for each directory that is walked beside the current
 * one. A directory stays open meanwhile, as a file does.
 */
const ENTRIES_A_DIRECTORY = 4;

/** Walker of trees, which begins to copy what it finds. */
export class TreeCopier {
  readonly #from: FileSystem;
  readonly #to: FileSystem;
  readonly #options: TransferOptions;
  readonly #run: TransferRun;
  readonly #files: FileCopier;
  readonly #directories: DirectoryCopier;
  readonly #links: LinkCopier | undefined;
  /**
   * Locks of directories that are filled, by their paths. Identities that a server
   * tells are not used: directories could then wait for each other.
   */
  readonly #filled = new KeyedLock();
  /** Number of directories that are walked beside the current one. */
  #walkedBeside = 0;

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
    const { memory } = options;
    const noteLeft = (path: string) =>
      memory ? memory.noteLeft(path) : run.noteLeft(path, to.label);
    const { observer, open } = run;
    const shared = { observer, open, noteLeft };
    this.#files = new FileCopier(from, to, options, shared);
    this.#directories = new DirectoryCopier(from, to, options, {
      run,
      ownDirectories,
    });
    const { recursive, links, existing, isAtomic } = options;
    if (recursive && links !== "followed") {
      this.#links = new LinkCopier(from, to, {
        settled: links,
        existing,
        isAtomic: isAtomic === true,
        confinedTo: options.confinesLinks ? options.platform : undefined,
        noteLeft,
      });
    }
  }

  /**
   * Gives the destination of the next entry in a directory.
   *
   * @throws {EntryError} If the name is not allowed there.
   */
  inside(directory: Destination, name: string, holding: Holding): Destination {
    const place = { files: this.#to, platform: this.#options.platform };
    return destinationInside(directory, name, { ...place, ...holding });
  }

  /**
   * Begins to copy an entry with all that is in it.
   *
   * @returns Nothing to wait for where it began at once.
   * @throws {EntryError} If it is neither a file, a directory nor a link.
   */
  copy(
    source: SourceEntry,
    destination: Destination,
    surroundings: Surroundings,
  ): void | Promise<void> {
    const { path, attributes, isNoLink } = source;
    if (this.#run.hasEnded) return this.#pass(path, surroundings);
    this.#run.observer.report({
      kind: "scan",
      path,
      target: destination.path,
    });
    const isKnown = attributes !== undefined &&
      (isNoLink === true || this.#links === undefined);
    return isKnown
      ? this.#copyFound(
        { path, attributes, isNoLink },
        destination,
        surroundings,
      )
      : this.#copyUnknown(source, destination, surroundings);
  }

  /** Begins to copy an entry of which nothing tells yet what it is. */
  async #copyUnknown(
    { path, attributes, isNoLink }: SourceEntry,
    destination: Destination,
    surroundings: Surroundings,
  ): Promise<void> {
    const link = isNoLink ? undefined : await this.#links?.find(path);
    if (link !== undefined) {
      return await this.#begin(
        { path, destination },
        surroundings,
        () => this.#copyLink(path, destination, link),
        rethrow,
      );
    }
    const found = {
      path,
      attributes: attributes ?? await this.#from.stat(path),
      isNoLink,
    };
    await this.#copyFound(found, destination, surroundings);
  }

  /** Begins to copy a file or a directory. */
  #copyFound(
    found: FoundEntry,
    destination: Destination,
    surroundings: Surroundings,
  ): void | Promise<void> {
    const { path, attributes: { kind } } = found;
    if (kind === "file") {
      const links = this.#links;
      return this.#begin(
        { path, destination },
        surroundings,
        (leave) =>
          links === undefined
            ? this.#files.copy(found, destination, leave)
            : this.#copyClaimed(links, found, destination, leave),
        (error, name) => this.#run.fail(name, error),
      );
    }
    if (kind !== "directory" || !this.#options.recursive) {
      throw new EntryError(`${this.#from.label}${path}: not a regular file`);
    }
    return this.#beside(this.#copyDirectory(found, destination, surroundings));
  }

  /** Gives the path by which events name an entry. */
  nameOf(paths: EntryPaths): string {
    return eventPath(this.#options, paths);
  }

  /** @throws {CutError} If an entry at the top is not copied after a failure. */
  #pass(path: string, { above }: Surroundings): void {
    if (!this.#run.isBroken || above !== undefined) return;
    throw new CutError(`${this.#from.label}${path}: not sent`, "not sent");
  }

  /**
   * Begins the step that copies an entry.
   *
   * @param failed Takes the error that ended the step, and may throw it.
   */
  #begin(
    { path, destination }: { path: string; destination: Destination },
    surroundings: Surroundings,
    step: Step,
    failed: (error: unknown, name: string) => void,
  ): Promise<void> | undefined {
    const { pending } = surroundings;
    const name = this.nameOf({ source: path, target: destination.path });
    const pass = async () => this.#pass(path, surroundings);
    const fail = async (error: unknown) => {
      try {
        failed(error, name);
      } catch (failure) {
        await throwUnlessRefused(failure, destination);
      } finally {
        pending.done();
      }
    };
    pending.add();
    return this.#run.begin(
      (leave) =>
        (this.#run.hasEnded ? pass() : step(leave))
          .then(() => pending.done(), fail),
      name,
    );
  }

  /** Waits for a directory where too many are walked at once. */
  async #beside(begun: Promise<void>): Promise<void> {
    const most = Math.floor(this.#run.mostSteps / ENTRIES_A_DIRECTORY);
    if (this.#walkedBeside >= most) return await begun;
    this.#walkedBeside++;
    begun.then(() => this.#walkedBeside--);
  }

  /** Copies a link as one, which counts as a file without content. */
  async #copyLink(
    source: string,
    destination: Destination,
    says: string,
  ): Promise<void> {
    const { memory } = this.#options;
    const paths = { source, target: destination.path };
    if (memory?.hasArrived(paths)) return;
    const outcome = await this.#links!.copy(source, destination, says);
    const { observer } = this.#run;
    const path = this.nameOf(paths);
    const target = this.#to.label + destination.path;
    if (outcome.skipped !== undefined) {
      const reason = outcome.skipped;
      return observer.report({ kind: "skipped", path, target, reason });
    }
    if (this.#options.dryRun !== undefined) {
      return observer.report({
        kind: "planned",
        action: "make link",
        target: { label: this.#to.label, path: destination.path },
        destination: says,
        replaces: outcome.replaces,
      });
    }
    const name = this.#from.nameOf(source);
    startFile(observer, { name, path, size: 0, isWatched: false })
      .settled("copied");
    memory?.noteArrived(paths);
  }

  /** Copies a file once its destination is claimed among the links of the copy. */
  async #copyClaimed(
    links: LinkCopier,
    source: FoundEntry,
    destination: Destination,
    leave: () => void,
  ): Promise<void> {
    using _claim = await links.claim(source, destination);
    await this.#files.copy(source, destination, leave);
  }

  /** Begins to copy a directory with all that is in it. */
  async #copyDirectory(
    source: FoundEntry,
    destination: Destination,
    surroundings: Surroundings,
  ): Promise<void> {
    const { pending } = surroundings;
    pending.add();
    // Two directories that are copied into one are copied in turn.
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

  /** Enters a directory; gives nothing if that failed, which is reported. */
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
        using _claim = await this.#links?.claim(source, destination);
        const { above } = surroundings;
        const directory = await this.#directories.enter(
          source,
          destination,
          above,
        );
        resolve(directory);
        await directory.made;
      } catch (error) {
        await throwUnlessRefused(error, destination);
      } finally {
        resolve(undefined);
      }
    }, this.nameOf({ source: path, target: destination.path }));
    return await promise;
  }

  /** Begins to copy the entries of a directory. */
  async #fill(
    { source, entries, destination, isNew, making, pending }: FilledDirectory,
  ): Promise<void> {
    const among = new NameCollisions(this.#to, destination.path);
    let isRefused = false;
    making?.then((outcome) => isRefused = outcome === "refused");
    const iterator = entries[Symbol.asyncIterator]();
    await this.#run.runOrReport(async () => {
      using _listing = entries;
      for (;;) {
        const entry = entries.takeNow?.() ?? await nextOf(iterator);
        if (entry === undefined || this.#run.hasEnded || isRefused) return;
        const { name, attributes } = entry;
        const path = this.#from.join(source.path, name);
        const isNoLink = attributes !== undefined;
        try {
          const there = { isNew, making, among };
          const inside = this.inside(destination, name, there);
          const copying = this.copy({ path, attributes, isNoLink }, inside, {
            above: source,
            pending,
          });
          if (copying !== undefined) await copying;
        } catch (error) {
          if (await making === "refused") return;
          const target = this.#to.join(destination.path, name);
          const told = this.nameOf({ source: path, target });
          await this.#run.reportInTurn(error, told);
        }
      }
    }, this.nameOf({ source: source.path, target: destination.path }));
  }
}

async function nextOf(
  entries: AsyncIterator<DirectoryEntry>,
): Promise<DirectoryEntry | undefined> {
  const { done, value } = await entries.next();
  return done === true ? undefined : value;
}

function rethrow(error: unknown): never {
  throw error;
}
