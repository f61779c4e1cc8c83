/**
 * The one place that says how a received entry comes to be on a disk: what is
 * opened, which mode and times it gets and when. The order is OpenSSH's, from
 * scp.c `sink()`.
 */

import { EntryError, entryError } from "../errors.ts";
import type { Attributes, Files, OpenFile, Times } from "./files.ts";

/** What of a peer's attributes is taken over. */
export interface StorePolicy {
  /** Take modes whole and times; else modes pass under `umask`. */
  readonly preserve: boolean;
  /** The bits that an entry does not get unless modes are preserved. */
  readonly umask: number;
  /** The bits that are ever taken over; 0o777 leaves set-id and sticky out. */
  readonly modeBits: number;
}

/** A file that is being received. */
export class StoredFile implements Disposable {
  readonly file: OpenFile;
  readonly path: string;
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
    this.file = file;
    this.path = path;
    this.#mode = mode;
    this.#replaced = replaced;
    this.#policy = policy;
  }

  /**
   * Opens the file at `path` in place, created if need be and never cut yet.
   *
   * @throws {EntryError} If it cannot be; then nothing was changed.
   */
  static async open(
    files: Files,
    path: string,
    announced: number,
    policy: StorePolicy,
  ): Promise<StoredFile> {
    const mode = takenMode(announced, policy);
    const replaced = await files.find(path);
    const openMode = (mode & 0o777) | 0o200;
    const file = await files.openToWrite(path, openMode, replaced);
    return new StoredFile(files, file, path, mode, replaced, policy);
  }

  /**
   * Gives a file that arrived whole its length, mode and times.
   *
   * @returns The first thing that failed; the rest is done all the same.
   */
  async finish(
    size: number,
    times: Times | undefined,
  ): Promise<EntryError | undefined> {
    const steps: (() => Promise<void>)[] = [];
    if (this.#isRegular && this.#replaced !== undefined) {
      steps.push(() => this.file.truncate(size));
    }
    if (this.#needsMode) steps.push(() => this.file.setMode(this.#mode));
    if (times !== undefined) steps.push(() => this.file.setTimes(times));
    // Some systems set a mode by the path: it must lead to this file still.
    const gone = await this.#goneFailure();
    return gone ?? await firstFailure(steps);
  }

  /** What to say if what was written is not what the path names any more. */
  async #goneFailure(): Promise<EntryError | undefined> {
    if (!this.#isRegular) return undefined;
    try {
      const { identity } = await this.file.attributes();
      const there = await this.#files.find(this.path);
      if (there?.identity === identity) return undefined;
    } catch (error) {
      return entryError(error);
    }
    return new EntryError(
      `${this.path}: it was removed or replaced while it was written`,
    );
  }

  /**
   * Cuts a file that did not arrive whole to the `written` bytes that did, so
   * that nothing older stands behind them.
   */
  async abandon(written: number): Promise<void> {
    if (!this.#isRegular) return;
    await this.file.truncate(written).catch(entryError);
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
    return this.#replaced === undefined || this.#replaced.kind === "file";
  }

  get #needsMode(): boolean {
    const asOpened = this.#replaced === undefined && (this.#mode & 0o200) !== 0;
    return this.#policy.preserve
      ? this.#isRegular
      : this.#replaced === undefined && !asOpened;
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]();
  }
}

/** A folder whose content is being received. */
export class StoredFolder {
  readonly path: string;
  readonly #files: Files;
  readonly #mode: number | undefined;

  private constructor(files: Files, path: string, mode: number | undefined) {
    this.#files = files;
    this.path = path;
    this.#mode = mode;
  }

  /**
   * Enters the folder at `path`, made if need be. Until it is left it stays
   * open to its owner, so that read-only folders can be filled.
   *
   * @throws {EntryError} If something else is there, or it cannot be made.
   */
  static async enter(
    files: Files,
    path: string,
    announced: number,
    policy: StorePolicy,
  ): Promise<StoredFolder> {
    const mode = takenMode(announced, policy);
    const existing = await files.find(path);
    if (existing === undefined) {
      await files.makeFolder(path, (mode & 0o777) | 0o700);
      return new StoredFolder(files, path, mode);
    }
    if (existing.kind !== "folder") {
      throw new EntryError(`${path}: Not a directory`);
    }
    if (!policy.preserve) return new StoredFolder(files, path, undefined);
    // Somebody else's folder may be open to us all the same.
    await files.setMode(path, mode | 0o700).catch(entryError);
    return new StoredFolder(files, path, mode);
  }

  /**
   * Gives the folder its times and mode, now that nothing more goes in.
   *
   * @returns The first thing that failed; the rest is done all the same.
   */
  async leave(times: Times | undefined): Promise<EntryError | undefined> {
    const mode = this.#mode;
    const steps: (() => Promise<void>)[] = [];
    if (times !== undefined) {
      steps.push(() => this.#files.setTimes(this.path, times));
    }
    if (mode !== undefined) {
      steps.push(() => this.#files.setMode(this.path, mode));
    }
    return await firstFailure(steps);
  }
}

async function firstFailure(
  steps: readonly (() => Promise<void>)[],
): Promise<EntryError | undefined> {
  let failure: EntryError | undefined;
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failure ??= entryError(error);
    }
  }
  return failure;
}

/** Never taken unless modes are preserved (CVE-2026-35385). */
const SET_ID_BITS = 0o6000;

function takenMode(announced: number, policy: StorePolicy): number {
  const mode = announced & policy.modeBits;
  return policy.preserve ? mode : mode & ~(policy.umask | SET_ID_BITS);
}
