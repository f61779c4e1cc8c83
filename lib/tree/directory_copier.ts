import {
  type Attributes,
  type FileSystem,
  isSamePlace,
  type Listing,
  type Times,
} from "../filesystem/file_system.ts";
import { keyOf } from "../names/names.ts";
import { StoredDirectory } from "../filesystem/stored_directory.ts";
import type { TransferRun } from "./transfer_run.ts";
import {
  type Destination,
  findThere,
  type FoundEntry,
  isKnown,
  type Place,
} from "./destination.ts";
import {
  checkOutside,
  type CopiedDirectory,
  openDirectory,
} from "../filesystem/directory_loops.ts";
import { eventPath, type TransferOptions } from "./options.ts";
import type { OwnDirectories } from "./own_directories.ts";
import { WaitGroup } from "./wait_group.ts";

/** Directory that is being filled. */
export interface FilledDirectory {
  readonly source: CopiedDirectory;
  readonly entries: Listing;
  /** Destination of its entries. */
  readonly destination: Destination;
  /** True where it was empty. */
  readonly isNew: boolean;
  /** Tasks in it that are not done. */
  readonly pending: WaitGroup;
  /** Promise that resolves when all of them are done, and the mode is set. */
  readonly left: Promise<void>;
}

/** Maker of the target's directories, which sets their mode and times when they are full. */
export class DirectoryCopier {
  readonly #from: FileSystem;
  readonly #to: FileSystem;
  readonly #options: TransferOptions;
  readonly #run: TransferRun;
  readonly #ownDirectories: OwnDirectories;

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
    this.#ownDirectories = ownDirectories;
  }

  /**
   * Lists a directory, and enters its destination, which is made if need be.
   *
   * @throws {EntryError} If it cannot be listed, leads back to itself, or has no
   * destination. Then nothing was made, or what was made is empty.
   */
  async enter(
    { path, attributes }: FoundEntry,
    destination: Destination,
    above: CopiedDirectory | undefined,
  ): Promise<FilledDirectory> {
    const opening = this.#open({ path, attributes }, above);
    opening.catch(() => {
      // It is awaited below, unless the directory cannot be listed.
    });
    using listing = new DisposableStack();
    const entries = listing.use(
      await this.#run.open.list(
        `${this.#from.label}${path}`,
        () => this.#from.readdir(path),
      ),
    );
    const source = await opening;
    // Another path may lead to the same directory. A server is asked right behind
    // the request that makes it.
    const earlier = this.#options.memory?.madeAt(destination.path);
    const storing = this.#store(source, attributes, destination);
    const early = this.#to.identify(destination.path).catch(() => undefined);
    const stored = await storing;
    const identity = await early ?? await this.#to.identify(stored.path);
    if (above === undefined) this.#ownDirectories.add(stored.path, identity);
    listing.move();
    const { preserve } = this.#options.store;
    const name = eventPath(this.#options, {
      source: path,
      target: stored.path,
    });
    const pending = new WaitGroup();
    return {
      source,
      entries,
      destination: {
        ...destination,
        key: identity === undefined ? destination.key : keyOf(identity),
      },
      isNew: stored.isNew && earlier === undefined,
      pending,
      left: this.#leave(
        stored,
        preserve && !isTarget(!stored.isNew, destination.place)
          ? attributes
          : undefined,
        { pending, name },
      ),
    };
  }

  /** @throws {EntryError} If it contains itself, or this copy is making it. */
  async #open(
    { path, attributes }: FoundEntry,
    above: CopiedDirectory | undefined,
  ): Promise<CopiedDirectory> {
    const source = await openDirectory(this.#from, { path, attributes, above });
    if (above !== undefined) {
      await this.#ownDirectories.check(source, attributes);
    }
    return source;
  }

  async #store(
    source: CopiedDirectory,
    { mode }: Attributes,
    destination: Destination,
  ): Promise<StoredDirectory> {
    const { path, place } = destination;
    const { store, memory } = this.#options;
    const enter = async (replaced: Attributes | undefined) => {
      const made = memory?.madeAt(path);
      if (made !== undefined && replaced?.kind === "directory") {
        return await made.reenter(this.#to);
      }
      const policy = isTarget(replaced !== undefined, place)
        ? { ...store, preserve: false, given: undefined }
        : store;
      return await StoredDirectory.enter(
        this.#to,
        { path, mode, replaced },
        policy,
      );
    };
    const found = await findThere(this.#to, destination);
    const replaced = isKnown(found) ? found : undefined;
    if (replaced !== undefined && place?.isCollision) {
      await place.among.check(place.name);
    }
    const stored = await enter(replaced).catch(async (error) => {
      if (replaced !== undefined) throw error;
      // Another entry may have made it meanwhile, by another path. Where a server
      // tells nothing, copying into it shows.
      const made = await this.#to.find(path);
      if (made?.kind !== "directory" && made?.kind !== "unknown") throw error;
      if (isKnown(made)) await place?.among.check(place.name);
      return await enter({ ...made, kind: "directory" });
    });
    if (stored.isNew) memory?.noteMade(stored);
    if (isSamePlace(this.#from, this.#to)) {
      await checkOutside(this.#to, path, source);
    }
    return stored;
  }

  async #leave(
    stored: StoredDirectory,
    times: Times | undefined,
    { pending, name }: { pending: WaitGroup; name: string },
  ): Promise<void> {
    await pending.wait();
    const { promise: left, resolve } = Promise.withResolvers<void>();
    await this.#run.begin(async () => {
      try {
        const failure = await stored.leave(times);
        if (failure !== undefined) throw failure;
      } finally {
        resolve();
      }
    }, name);
    await left;
  }
}

/** Tells the target itself, which keeps its mode and times if it was there. */
function isTarget(wasThere: boolean, place: Place | undefined): boolean {
  return wasThere && place === undefined;
}
