import { isConnectionFailure } from "../errors.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import {
  type LeftListener,
  ReplacedFile,
} from "../filesystem/replaced_file.ts";
import type { EntryToStore, ReceivedFile } from "../filesystem/store.ts";
import { StoredFile } from "../filesystem/stored_file.ts";
import type { FoundEntry } from "./destination.ts";
import type { FileFiller } from "./file_filler.ts";
import type { TransferOptions } from "./options.ts";

/**
 * Length from which on all connections carry a file, in bytes: below, opening it in
 * each of them costs more than it brings.
 */
export const SPREAD_BYTES = 64 * 1024 * 1024;

/** Opener of the targets of files, which decides how each one comes into its place. */
export class TargetOpener {
  readonly #files: FileSystem;
  readonly #options: TransferOptions;
  readonly #filler: Pick<FileFiller, "canSpread">;
  readonly #noteLeft: LeftListener;

  constructor(
    files: FileSystem,
    options: TransferOptions,
    { filler, noteLeft }: {
      filler: Pick<FileFiller, "canSpread">;
      noteLeft: LeftListener;
    },
  ) {
    this.#files = files;
    this.#options = options;
    this.#filler = filler;
    this.#noteLeft = noteLeft;
  }

  /**
   * Opens the target of a file, and notes that it is the copy's own: also where the
   * connection is lost before an answer tells that the file was made.
   */
  async open(
    { path: source, attributes: { size } }: FoundEntry,
    entry: EntryToStore,
    isAgain: boolean,
  ): Promise<ReceivedFile | undefined> {
    const note = () =>
      this.#options.memory?.noteBegun(
        { source, target: entry.path },
        entry.replaced === undefined,
      );
    try {
      const stored = await this.#open(entry, size, isAgain);
      if (stored !== undefined) note();
      return stored;
    } catch (error) {
      if (isConnectionFailure(error)) note();
      throw error;
    }
  }

  /**
   * Opens the target of a file.
   *
   * @returns `undefined` where something is there that is to stay.
   */
  async #open(
    entry: EntryToStore,
    size: number,
    isAgain: boolean,
  ): Promise<ReceivedFile | undefined> {
    const { store, existing, isAtomic } = this.#options;
    // Where a copy breaks off, a file that was spread has holes.
    if (isAtomic || this.maySpread(size)) {
      const replaced = await ReplacedFile.open(
        this.#files,
        entry,
        store,
        this.#noteLeft,
      );
      if (replaced instanceof ReplacedFile) return replaced;
      if (isAtomic) throw replaced;
    }
    return existing?.keepsAll && !isAgain
      ? await StoredFile.createNew(this.#files, entry, store)
      : await StoredFile.open(this.#files, entry, store);
  }

  /** Tells a file that several connections may carry. */
  maySpread(size: number): boolean {
    // A file that replaces another one cannot be made only where nothing is, and
    // has no beginning that a later copy could go on with.
    const { existing, resumes } = this.#options;
    const mayReplace = existing?.keepsAll !== true && !resumes;
    return mayReplace && size >= SPREAD_BYTES && this.#filler.canSpread;
  }
}
