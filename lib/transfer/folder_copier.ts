import type { Attributes, Files, Listing } from "../files/files.ts";
import { StoredFolder } from "../files/store.ts";
import type { Course } from "./course.ts";
import { type Destination, type FoundEntry, keyOf } from "./destination.ts";
import { checkOutside, type CopiedFolder, openFolder } from "./folder_loops.ts";
import type { TransferOptions } from "./options.ts";
import { Pending } from "./pending.ts";

/** A folder that is filled. */
export interface FilledFolder {
  readonly source: CopiedFolder;
  readonly entries: Listing;
  /** Where what is in it goes. */
  readonly destination: Destination;
  /** Whether nothing was in it. */
  readonly isNew: boolean;
  /** What was begun in it. */
  readonly pending: Pending;
  /** Resolves when all of it has ended, and the folder has its mode. */
  readonly left: Promise<void>;
}

/** Makes folders where copies of folders go, and leaves them when they are full. */
export class FolderCopier {
  readonly #from: Files;
  readonly #to: Files;
  readonly #options: TransferOptions;
  readonly #course: Course;

  constructor(
    from: Files,
    to: Files,
    options: TransferOptions,
    course: Course,
  ) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#course = course;
  }

  /**
   * Lists a folder, and enters the one that its content goes to, made if need
   * be.
   *
   * @throws {EntryError} If it cannot be listed, led back to itself, or has no
   * place there. Then nothing was made of it, or it is empty.
   */
  async enter(
    { path, attributes }: FoundEntry,
    destination: Destination,
    above: CopiedFolder | undefined,
  ): Promise<FilledFolder> {
    const opening = openFolder(this.#from, { path, attributes, above });
    opening.catch(() => {
      // It is awaited below, unless the folder cannot be listed.
    });
    using listing = new DisposableStack();
    const entries = listing.use(
      await this.#course.open.list(
        `${this.#from.label}${path}`,
        () => this.#from.list(path),
      ),
    );
    const source = await opening;
    const stored = await this.#store(source, attributes, destination);
    // What is there may be reached by another path, too.
    const identity = await this.#to.identify(stored.path);
    listing.move();
    const pending = new Pending();
    return {
      source,
      entries,
      destination: {
        ...destination,
        key: identity === undefined ? destination.key : keyOf(identity),
      },
      isNew: stored.isNew,
      pending,
      left: this.#leave(stored, attributes, pending),
    };
  }

  async #store(
    source: CopiedFolder,
    { mode }: Attributes,
    { path, mayExist }: Destination,
  ): Promise<StoredFolder> {
    const { store } = this.#options;
    const enter = (replaced: Attributes | undefined) =>
      StoredFolder.enter(this.#to, { path, mode, replaced }, store);
    const found = mayExist ? await this.#to.find(path) : undefined;
    const replaced = found?.kind === "unknown" ? undefined : found;
    const stored = await enter(replaced).catch(async (error) => {
      if (replaced !== undefined) throw error;
      // Somebody may have made it meanwhile, by another path; where nothing
      // tells, what is copied into it does.
      const made = await this.#to.find(path);
      if (made?.kind !== "folder" && made?.kind !== "unknown") throw error;
      return await enter({ ...made, kind: "folder" });
    });
    if (this.#from === this.#to) await checkOutside(this.#to, path, source);
    return stored;
  }

  async #leave(
    stored: StoredFolder,
    attributes: Attributes,
    pending: Pending,
  ): Promise<void> {
    await pending.over;
    const { promise: left, resolve } = Promise.withResolvers<void>();
    await this.#course.begin(async () => {
      try {
        const { preserve } = this.#options;
        const failure = await stored.leave(preserve ? attributes : undefined);
        if (failure !== undefined) throw failure;
      } finally {
        resolve();
      }
    });
    await left;
  }
}
