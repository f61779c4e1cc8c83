import {
  asEntryError,
  asFinalError,
  EntryError,
  isConnectionFailure,
  NotCutError,
} from "../errors.ts";
import { isAnythingAt } from "./existing_files.ts";
import type { Attributes, FileSystem, OpenFile, Times } from "./file_system.ts";
import {
  type EntryToStore,
  type FileCheck,
  firstFailure,
  needsMode,
  openMode,
  policyFor,
  type ReceivedFile,
  type StorePolicy,
  takenMode,
} from "./store.ts";

/** A file that is received in its place. */
export class StoredFile implements ReceivedFile {
  readonly path: string;
  #file: OpenFile;
  readonly #files: FileSystem;
  readonly #mode: number;
  readonly #replaced: Attributes | undefined;
  readonly #policy: StorePolicy;
  /** True where the file goes if it does not arrive whole. */
  readonly #isWholeOrGone: boolean;
  /** True where it was not there before the copy. */
  readonly #isNew: boolean;

  private constructor(
    files: FileSystem,
    file: OpenFile,
    path: string,
    mode: number,
    replaced: Attributes | undefined,
    policy: StorePolicy,
    { isWholeOrGone = false, isOurs = false } = {},
  ) {
    this.#files = files;
    this.#file = file;
    this.path = path;
    this.#mode = mode;
    this.#replaced = replaced;
    this.#policy = policy;
    this.#isWholeOrGone = isWholeOrGone;
    this.#isNew = replaced === undefined || isOurs;
  }

  /**
   * Opens the file in place, makes it where it is missing, and never cuts it yet.
   *
   * @throws {EntryError} If it cannot be opened; then nothing was changed.
   */
  static async open(
    files: FileSystem,
    { path, mode: announced, replaced, isOurs = false }: EntryToStore,
    policy: StorePolicy,
  ): Promise<StoredFile> {
    // Windows opens a directory to write, and would store an empty file as one.
    if (replaced?.kind === "directory") {
      throw new EntryError(`${files.label}${path}: Is a directory`);
    }
    const mode = takenMode("file", announced, policy);
    const file = await files.openToWrite(
      path,
      openMode(mode, policy),
      replaced,
    );
    return new StoredFile(files, file, path, mode, replaced, policy, {
      isOurs,
    });
  }

  /**
   * Opens the file at a path that is not known to exist: makes it, or finds it first.
   *
   * @throws {EntryError} As `open`.
   */
  static async create(
    files: FileSystem,
    { path, mode: announced }: Omit<EntryToStore, "replaced">,
    policy: StorePolicy,
  ): Promise<StoredFile> {
    const mode = takenMode("file", announced, policy);
    const file = await files.create?.(path, openMode(mode, policy));
    if (file !== undefined) {
      return new StoredFile(files, file, path, mode, undefined, policy);
    }
    const replaced = await files.find(path);
    return await StoredFile.open(
      files,
      { path, mode: announced, replaced },
      policy,
    );
  }

  /**
   * Makes the file where nothing is at its path, in one step.
   *
   * @param isWholeOrGone True where it is removed if it does not arrive whole.
   * @throws {EntryError} If something is there, or it cannot be made.
   */
  static async make(
    files: FileSystem,
    { path, mode: announced }: Omit<EntryToStore, "replaced">,
    policy: StorePolicy,
    { isWholeOrGone = false } = {},
  ): Promise<StoredFile> {
    const mode = takenMode("file", announced, policy);
    const file = await files.createNew(path, openMode(mode, policy));
    return new StoredFile(files, file, path, mode, undefined, policy, {
      isWholeOrGone,
    });
  }

  /**
   * Makes the file where nothing is at its path. It is removed if it does not
   * arrive whole: else it would be in the way of a second attempt.
   *
   * @returns `undefined` where something is there.
   * @throws {EntryError} If it cannot be made.
   */
  static async createNew(
    files: FileSystem,
    entry: Omit<EntryToStore, "replaced">,
    policy: StorePolicy,
  ): Promise<StoredFile | undefined> {
    const made = await StoredFile
      .make(files, entry, policy, { isWholeOrGone: true })
      .catch(asFinalError);
    if (made instanceof StoredFile) return made;
    if (await isAnythingAt(files, entry.path)) return undefined;
    throw made;
  }

  /** Open file; `empty` replaces it. */
  get file(): OpenFile {
    return this.#file;
  }

  /**
   * Shortens a longer file to the expected size, where a server could not do so once
   * it is written.
   *
   * @throws {EntryError} If the file can neither be cut nor emptied.
   */
  async prepare(size: number): Promise<void> {
    if (this.#replaced?.kind !== "file") return;
    try {
      await this.#file.shorten?.(size);
    } catch (error) {
      if (!(error instanceof NotCutError)) throw error;
      await this.empty();
    }
  }

  /**
   * Reopens the file and empties it, for a server that did not cut it.
   *
   * @throws {EntryError} If it cannot be opened, or is not empty then.
   */
  async empty(): Promise<void> {
    this.#file[Symbol.dispose]();
    const mode = openMode(this.#mode, this.#policy);
    this.#file = await this.#files.openToWrite(this.path, mode);
    const found = await this.#file.stat().catch(asEntryError);
    if (found instanceof EntryError || found.size === 0) return;
    throw new EntryError(
      `${this.#files.label}${this.path}: truncate: the server neither cuts nor empties it`,
    );
  }

  /**
   * Gives a file that arrived whole its length, mode and times, and closes it.
   *
   * @returns The first failure; the other steps are taken all the same, but for the
   * check.
   */
  async finish(
    size: number,
    times: Times | undefined,
    check?: FileCheck,
  ): Promise<EntryError | undefined> {
    // Some systems set a mode by the path: it must lead to this file still.
    const written = await this.#findWritten().catch(asEntryError);
    if (written instanceof EntryError) return written;
    const steps: (() => Promise<void>)[] = [];
    if (this.#isRegular && this.#replaced !== undefined) {
      steps.push(() => this.file.truncate(size));
    }
    if (this.#needsMode(written)) {
      steps.push(() => this.file.setMode(this.#mode));
    }
    if (times !== undefined) steps.push(() => this.file.setTimes(times));
    steps.push(() => this.file.close());
    return await firstFailure(steps) ?? await check?.(this.path);
  }

  /**
   * Gives the attributes of the file as it is now; `undefined` where it has no
   * identity.
   *
   * @throws {EntryError} If its path leads to another file, or to none any more; where
   * the system tells how many names it has, if it has none.
   */
  async #findWritten(): Promise<Attributes | undefined> {
    if (!this.#isRegular) return undefined;
    const written = await this.file.identify();
    if (written?.identity === undefined) return undefined;
    const isThere = written.names !== undefined
      ? written.names > 0
      : (await this.#files.find(this.path))?.identity === written.identity;
    if (isThere) return written;
    throw new EntryError(
      `${this.#files.label}${this.path}: it was removed or replaced while it was written`,
    );
  }

  /** Passes over a file that is out of reach by now. */
  async cut(written: number): Promise<void> {
    if (this.#isRegular) await this.file.truncate(written).catch(orLost);
  }

  /**
   * Cuts a file that did not arrive whole to the `written` bytes that did, so that no
   * older bytes stand behind them; removes one that was to be whole or not there.
   *
   * @returns Path of one that could not be removed.
   */
  async abandon(written: number): Promise<string | undefined> {
    await this.cut(written);
    if (!this.#isWholeOrGone) return undefined;
    try {
      await this.#files.remove(this.path);
      return undefined;
    } catch (error) {
      orLost(error);
      return this.path;
    }
  }

  /**
   * Removes a file that was announced by mistake; cuts one that was there before, as
   * `abandon` does.
   */
  async discard(written: number): Promise<void> {
    const isOurs = this.#replaced === undefined &&
      await this.#files.readlink(this.path) === undefined;
    if (isOurs) await this.#files.remove(this.path).catch(asEntryError);
    else await this.abandon(written);
  }

  get #isRegular(): boolean {
    const { kind = "file" } = this.#replaced ?? {};
    return kind === "file" || kind === "unknown";
  }

  #needsMode(written: Attributes | undefined): boolean {
    const isNew = this.#isNew;
    if (policyFor("file", this.#policy).preserve) {
      // A file that was there loses set-id bits when it is cut.
      return this.#isRegular && !(isNew && written?.mode === this.#mode);
    }
    return isNew && needsMode(this.#mode, this.#policy);
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]();
  }
}

/** Passes over a failure of a file that is lost anyhow; for a `catch`. */
function orLost(error: unknown): void {
  if (!(error instanceof EntryError) && !isConnectionFailure(error)) {
    throw error;
  }
}
