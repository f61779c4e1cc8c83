/**
 * The one place that says how a received entry comes to be on a disk: what is
 * opened, which mode and times it gets and when. The order is OpenSSH's, from
 * scp.c `sink()`.
 */

import { EntryError, entryError, isBreach, NotCutError } from "../errors.ts";
import type { Attributes, Files, OpenFile, Times } from "./files.ts";

/** What of a peer's attributes is taken over. */
export interface StorePolicy {
  /** Take modes whole and times; else modes pass under the umask. */
  readonly preserve: boolean;
  /**
   * The bits that an entry does not get unless modes are preserved; absent
   * where the system that stores it has a umask that nobody else knows.
   */
  readonly umask?: number;
  /** The bits that are ever taken over; 0o777 leaves set-id and sticky out. */
  readonly modeBits: number;
}

/** What is to be stored where. */
export interface EntryToStore {
  readonly path: string;
  /** As announced. */
  readonly mode: number;
  /** What `Files.find` said is there. */
  readonly replaced: Attributes | undefined;
}

/** A file that is being received. */
export class StoredFile implements Disposable {
  readonly path: string;
  #file: OpenFile;
  readonly #files: Files;
  readonly #mode: number;
  readonly #replaced: Attributes | undefined;
  readonly #policy: StorePolicy;

  private constructor(
    files: Files,
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
    files: Files,
    { path, mode: announced, replaced }: EntryToStore,
    policy: StorePolicy,
  ): Promise<StoredFile> {
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
    files: Files,
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
    const told = await this.#file.attributes().catch(entryError);
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
    const written = await this.#findWritten().catch(entryError);
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
   * What is known of the file now; `undefined` where nothing tells which one it
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
      await this.#files.readLink(this.path) === undefined;
    if (!isOurs) return await this.abandon(written);
    await this.#files.remove(this.path).catch(entryError);
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
    const opened = this.#mode | openBits(this.#policy, OWNER_WRITE);
    return isNew && opened !== this.#mode;
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]();
  }
}

/** The mode that a directory gets when all is in it. */
interface LastMode {
  readonly bits: number;
  /** Present where it is no failure if it cannot be set. */
  readonly isOptional?: true;
}

/** A directory whose content is being received. */
export class StoredFolder {
  readonly path: string;
  /** Whether it was not there before. */
  readonly isNew: boolean;
  readonly #files: Files;
  /** What it gets at last; absent if its mode stays as it is. */
  readonly #mode: LastMode | undefined;

  private constructor(
    files: Files,
    path: string,
    { isNew, mode }: { isNew: boolean; mode: LastMode | undefined },
  ) {
    this.#files = files;
    this.path = path;
    this.isNew = isNew;
    this.#mode = mode;
  }

  /**
   * Enters the folder at `path`, made if need be. Until it is left it stays
   * open to its owner, so that read-only folders can be filled.
   *
   * @param announced Its mode.
   * @throws {EntryError} If something else is there, or it cannot be made.
   */
  static async enter(
    files: Files,
    { path, mode: announced, replaced }: EntryToStore,
    policy: StorePolicy,
  ): Promise<StoredFolder> {
    const mode = takenMode(announced, policy);
    const isNew = replaced === undefined;
    if (replaced === undefined) {
      const last = await makeFolder(files, { path, mode }, policy);
      return new StoredFolder(files, path, { isNew, mode: last });
    }
    if (replaced.kind !== "folder") {
      throw new EntryError(`${files.label}${path}: Not a directory`);
    }
    if (!policy.preserve) {
      return new StoredFolder(files, path, { isNew, mode: undefined });
    }
    // Somebody else's folder may be open to us all the same.
    await files.setMode(path, mode | OWNER_ALL).catch(entryError);
    return new StoredFolder(files, path, { isNew, mode: { bits: mode } });
  }

  /**
   * Gives the folder its times and mode, now that nothing more goes in.
   *
   * @returns The first thing that failed; the rest is done all the same.
   */
  async leave(times: Times | undefined): Promise<EntryError | undefined> {
    const steps: (() => Promise<void>)[] = [];
    if (times !== undefined) {
      steps.push(() => this.#files.setTimes(this.path, times));
    }
    const mode = this.#mode;
    if (mode !== undefined) {
      const set = () => this.#files.setMode(this.path, mode.bits);
      steps.push(mode.isOptional ? () => set().catch(ignored) : set);
    }
    return await firstFailure(steps);
  }
}

/**
 * Makes a directory that its owner can fill.
 *
 * @returns The mode to set at last; `undefined` where the system gave it the
 * right one. A set-group-ID bit that it inherited stays.
 */
async function makeFolder(
  files: Files,
  { path, mode }: { path: string; mode: number },
  { preserve, umask }: StorePolicy,
): Promise<LastMode | undefined> {
  const made = (mode & 0o777) | OWNER_ALL;
  if (!preserve && made === (umask === undefined ? mode & 0o777 : mode)) {
    await files.makeFolder(path, made);
    return undefined;
  }
  // Both leave at once: what a server made of the mode costs no round trip.
  const [, found] = await Promise.all([
    files.makeFolder(path, made),
    files.attributes(path).catch(entryError),
  ]);
  const foundMode = found instanceof EntryError ? undefined : found.mode;
  if (preserve || umask !== undefined) {
    return { bits: mode | ((foundMode ?? 0) & SET_GROUP_ID) };
  }
  // The system has taken off its bits; ours that filled it come off at last, if
  // the system lets them.
  return foundMode === undefined
    ? undefined
    : { bits: foundMode & ~(OWNER_ALL & ~mode), isOptional: true };
}

/**
 * Takes the steps in their order, none waiting for the one before it to be
 * done.
 */
async function firstFailure(
  steps: readonly (() => Promise<void>)[],
): Promise<EntryError | undefined> {
  const outcomes = await Promise.all(
    steps.map((step) => step().then(() => undefined, entryError)),
  );
  return outcomes.find((failure) => failure !== undefined);
}

/** For a `catch` of what need not succeed. */
function ignored(error: unknown): void {
  entryError(error);
}

/** For a `catch` of what is done to a file that is lost anyhow. */
function orLost(error: unknown): void {
  if (!(error instanceof EntryError) && !isBreach(error)) throw error;
}

const OWNER_WRITE = 0o200;
const OWNER_ALL = 0o700;
const SET_GROUP_ID = 0o2000;

/** Never taken unless modes are preserved (CVE-2026-35385). */
const SET_ID_BITS = 0o6000;

/**
 * What an entry is made with beyond its mode, to be filled; none where it could
 * not be taken back, and no system needs it.
 */
function openBits({ umask }: StorePolicy, bits: number): number {
  return umask === undefined ? 0 : bits;
}

/** What a file is opened with that is to have `mode` at last. */
function openMode(mode: number, policy: StorePolicy): number {
  return (mode & 0o777) | openBits(policy, OWNER_WRITE);
}

function takenMode(announced: number, policy: StorePolicy): number {
  const mode = announced & policy.modeBits;
  return policy.preserve ? mode : mode & ~((policy.umask ?? 0) | SET_ID_BITS);
}
