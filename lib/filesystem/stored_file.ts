import {
  asEntryError,
  EntryError,
  isConnectionFailure,
  NotCutError,
} from "../errors.ts";
import type { Attributes, FileSystem, OpenFile, Times } from "./file_system.ts";
import {
  type EntryToStore,
  firstFailure,
  openBits,
  openMode,
  type StorePolicy,
  takenMode,
} from "./store.ts";

/** A file that is being received. */
export class StoredFile implements Disposable {
  readonly path: string;
  #file: OpenFile;
  readonly #files: FileSystem;
  readonly #mode: number;
  readonly #replaced: Attributes | undefined;
  readonly #policy: StorePolicy;

  private constructor(
    files: FileSystem,
    file: OpenFile,
    path: string,
    mode: number,
    replaced: Attributes | undefined,
    policy: StorePolicy,
  ) {
    this.#files = files;
    this.#file = file;
    this.path = path;
    this.#mode = mode;
    this.#replaced = replaced;
    this.#policy = policy;
  }

  /**
   * Opens the file in place, created if need be and never cut yet.
   *
   * @throws {EntryError} If it cannot be; then nothing was changed.
   */
  static async open(
    files: FileSystem,
    { path, mode: announced, replaced }: EntryToStore,
    policy: StorePolicy,
  ): Promise<StoredFile> {
    // Windows opens a directory to write, and an empty file needs no more.
    if (replaced?.kind === "directory") {
      throw new EntryError(`${files.label}${path}: Is a directory`);
    }
    const mode = takenMode(announced, policy);
    const file = await files.openToWrite(
      path,
      openMode(mode, policy),
      replaced,
    );
    return new StoredFile(files, file, path, mode, replaced, policy);
  }

  /** The same for a path that nobody has looked at yet. */
  static async create(
    files: FileSystem,
    { path, mode: announced }: Omit<EntryToStore, "replaced">,
    policy: StorePolicy,
  ): Promise<StoredFile> {
    const mode = takenMode(announced, policy);
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

  get file(): OpenFile {
    return this.#file;
  }

  /**
   * Has a longer file that was there shortened to the size that is expected,
   * where that cannot wait until it was written.
   *
   * @throws {EntryError} If it cannot be, or is not empty then.
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
   * Opens the file once more and empties it, for a server that did not cut it.
   *
   * @throws {EntryError} If it cannot be opened, or is not empty then.
   */
  async empty(): Promise<void> {
    this.#file[Symbol.dispose]();
    const mode = openMode(this.#mode, this.#policy);
    this.#file = await this.#files.openToWrite(this.path, mode);
    const told = await this.#file.stat().catch(asEntryError);
    if (told instanceof EntryError || told.size === 0) return;
    throw new EntryError(
      `${this.#files.label}${this.path}: truncate: the server neither cuts nor empties it`,
    );
  }

  /**
   * Gives a file that arrived whole its length, mode and times, and closes it.
   *
   * @returns The first thing that failed; the rest is done all the same.
   */
  async finish(
    size: number,
    times: Times | undefined,
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
    return await firstFailure(steps);
  }

  /**
   * Looks at the file as it is now; `undefined` where nothing tells which one it
   * is.
   *
   * @throws {EntryError} If the path names another one, or none any more.
   */
  async #findWritten(): Promise<Attributes | undefined> {
    if (!this.#isRegular) return undefined;
    const written = await this.file.identify();
    if (written?.identity === undefined) return undefined;
    const there = await this.#files.find(this.path);
    if (there?.identity === written.identity) return written;
    throw new EntryError(
      `${this.#files.label}${this.path}: it was removed or replaced while it was written`,
    );
  }

  /**
   * Cuts a file that did not arrive whole to the `written` bytes that did, so
   * that nothing older stands behind them. Where it is out of reach by now, it
   * stays as it is.
   */
  async abandon(written: number): Promise<void> {
    if (!this.#isRegular) return;
    await this.file.truncate(written).catch(orLost);
  }

  /**
   * Takes a file away that was never meant; where there was one before, it is
   * cut as `abandon` cuts it.
   */
  async discard(written: number): Promise<void> {
    const isOurs = this.#replaced === undefined &&
      await this.#files.readlink(this.path) === undefined;
    if (!isOurs) return await this.abandon(written);
    await this.#files.remove(this.path).catch(asEntryError);
  }

  get #isRegular(): boolean {
    const { kind = "file" } = this.#replaced ?? {};
    return kind === "file" || kind === "unknown";
  }

  #needsMode(written: Attributes | undefined): boolean {
    const isNew = this.#replaced === undefined;
    if (this.#policy.preserve) {
      // One that was there loses set-id bits when it is cut.
      return this.#isRegular && !(isNew && written?.mode === this.#mode);
    }
    const opened = this.#mode | openBits(this.#policy);
    return isNew && opened !== this.#mode;
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]();
  }
}

/** For a `catch` of what is done to a file that is lost anyhow. */
function orLost(error: unknown): void {
  if (!(error instanceof EntryError) && !isConnectionFailure(error)) {
    throw error;
  }
}
