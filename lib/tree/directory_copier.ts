import { EntryError } from "../errors.ts";
import {
  type Attributes,
  type FileSystem,
  isSamePlace,
  type Listing,
} from "../filesystem/file_system.ts";
import { keyOf } from "../names/names.ts";
import { StoredDirectory } from "../filesystem/stored_directory.ts";
import type { TransferRun } from "./transfer_run.ts";
import {
  type Destination,
  findThere,
  type FoundEntry,
  isKnown,
  type MakingOutcome,
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
  /**
   * Promise that resolves once it is there.
   *
   * @throws {EntryError} If it was refused.
   */
  readonly made: Promise<unknown>;
  /** The same as an outcome, for what is in it; absent where it is there. */
  readonly making: Promise<MakingOutcome> | undefined;
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
   * Lists a directory, and enters its destination, which is made if need be. Does not
   * wait until it is made where what is in it may be made right behind it.
   *
   * @throws {EntryError} If it cannot be listed, leads back to itself, or has no
   * destination. Then nothing was made, or what was made is empty.
   */
  async enter(
    found: FoundEntry,
    destination: Destination,
    above: CopiedDirectory | undefined,
  ): Promise<FilledDirectory> {
    const { path, attributes } = found;
    const opening = this.#open(found, above);
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
    const earlier = this.#options.memory?.madeAt(destination.path);
    const { storing, identifying, goesOn } = await this.#begin(source, {
      attributes,
      destination,
    });
    if (above === undefined) {
      this.#ownDirectories.add(destination.path, identifying);
    }
    const stored = goesOn ? undefined : await storing;
    const identity = goesOn ? undefined : await identifying;
    listing.move();
    const pending = new WaitGroup();
    return {
      source,
      entries,
      destination: {
        ...destination,
        key: identity === undefined ? destination.key : keyOf(identity),
      },
      isNew: (stored?.isNew ?? true) && earlier === undefined,
      made: storing,
      making: goesOn ? outcomeOf(storing, destination) : undefined,
      pending,
      left: this.#leave(storing, { path, attributes, destination, pending }),
    };
  }

  /** @throws {EntryError} If it contains itself, or this copy is making it. */
  async #open(
    found: FoundEntry,
    above: CopiedDirectory | undefined,
  ): Promise<CopiedDirectory> {
    const source = await openDirectory(this.#from, { ...found, above });
    if (above !== undefined) {
      await this.#ownDirectories.check(source, found.attributes);
    }
    return source;
  }

  /**
   * Looks at a destination and begins to enter it. Another path may lead to the same
   * directory, so that its identity is asked for, unless it is in one that the copy
   * makes itself.
   */
  async #begin(
    source: CopiedDirectory,
    { attributes, destination }: {
      attributes: Attributes;
      destination: Destination;
    },
  ): Promise<{
    storing: Promise<StoredDirectory>;
    identifying: Promise<string | undefined>;
    /** True where nothing waits until it is made. */
    goesOn: boolean;
  }> {
    const isOurs = this.#mayGoOn && !destination.mayExist;
    const early = destination.mayExist
      ? this.#identify(destination.path)
      : undefined;
    const found = await findThere(this.#to, destination);
    const replaced = isKnown(found) ? found : undefined;
    const { place } = destination;
    if (replaced !== undefined && place?.isCollision) {
      await place.among.check(place.name);
    }
    const storing = this.#store(source, attributes, { destination, replaced });
    storing.catch(() => {
      // It is reported where the directory is awaited.
    });
    const late = isOurs ? undefined : storing.then(
      async ({ path }) => await early ?? await this.#to.identify(path),
    );
    late?.catch(() => {});
    return {
      storing,
      identifying: late ?? Promise.resolve(undefined),
      goesOn: this.#mayGoOn && found === undefined,
    };
  }

  async #identify(path: string): Promise<string | undefined> {
    return await this.#to.identify(path).catch(() => undefined);
  }

  /** True where what is in a new directory need not wait for it. */
  get #mayGoOn(): boolean {
    const { dryRun, links } = this.#options;
    return this.#to.keepsOrder === "of all" && dryRun === undefined &&
      links === "followed" && !isSamePlace(this.#from, this.#to);
  }

  /** Enters a destination; asks for the directory before anything is awaited. */
  async #store(
    source: CopiedDirectory,
    { mode }: Attributes,
    { destination, replaced }: {
      destination: Destination;
      replaced: Attributes | undefined;
    },
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
    const stored = await enter(replaced).catch(async (error) => {
      if (replaced !== undefined) throw error;
      if (await destination.making === "refused") throw error;
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
    storing: Promise<StoredDirectory>,
    { path, attributes, destination, pending }: FoundEntry & {
      destination: Destination;
      pending: WaitGroup;
    },
  ): Promise<void> {
    await pending.wait();
    const stored = await storing.catch(() => undefined);
    if (stored === undefined) return;
    const { preserve } = this.#options.store;
    const keepsTimes = preserve && !isTarget(!stored.isNew, destination.place);
    const { promise: left, resolve } = Promise.withResolvers<void>();
    await this.#run.begin(async () => {
      try {
        const failure = await stored.leave(keepsTimes ? attributes : undefined);
        if (failure !== undefined) throw failure;
      } finally {
        resolve();
      }
    }, eventPath(this.#options, { source: path, target: stored.path }));
    await left;
  }
}

/**
 * Gives the outcome of a directory for what is in it. A connection that is lost is the
 * failure of each entry. In one that was refused nothing counts, wherever the server
 * made it.
 */
async function outcomeOf(
  storing: Promise<StoredDirectory>,
  { making }: Destination,
): Promise<MakingOutcome> {
  try {
    const { isNew } = await storing;
    if (await making === "refused") return "refused";
    return isNew ? "made" : "found";
  } catch (error) {
    return error instanceof EntryError ? "refused" : "found";
  }
}

/** Tells the target itself, which keeps its mode and times if it was there. */
function isTarget(wasThere: boolean, place: Place | undefined): boolean {
  return wasThere && place === undefined;
}
