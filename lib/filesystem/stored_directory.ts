import { asEntryError, EntryError } from "../errors.ts";
import type { FileSystem, Times } from "./file_system.ts";
import {
  type EntryToStore,
  firstFailure,
  type StorePolicy,
  takenMode,
} from "./store.ts";

const OWNER_ALL = 0o700;
const SET_GROUP_ID = 0o2000;

/** The mode that a directory gets when all is in it. */
interface LastMode {
  readonly bits: number;
  /** Present where it is no failure if it cannot be set. */
  readonly isOptional?: true;
}

/** A directory whose content is being received. */
export class StoredDirectory {
  readonly path: string;
  /** True if it was not there before. */
  readonly isNew: boolean;
  readonly #files: FileSystem;
  /** Mode that it gets at last; absent if its mode stays as it is. */
  readonly #mode: LastMode | undefined;

  private constructor(
    files: FileSystem,
    path: string,
    { isNew, mode }: { isNew: boolean; mode: LastMode | undefined },
  ) {
    this.#files = files;
    this.path = path;
    this.isNew = isNew;
    this.#mode = mode;
  }

  /**
   * Enters the directory at `path`, made if need be. Until it is left it stays
   * open to its owner, so that read-only directories can be filled.
   *
   * @param announced Its mode.
   * @throws {EntryError} If something else is there, or it cannot be made.
   */
  static async enter(
    files: FileSystem,
    { path, mode: announced, replaced }: EntryToStore,
    policy: StorePolicy,
  ): Promise<StoredDirectory> {
    const mode = takenMode(announced, policy);
    const isNew = replaced === undefined;
    if (replaced === undefined) {
      const last = await mkdir(files, { path, mode }, policy);
      return new StoredDirectory(files, path, { isNew, mode: last });
    }
    if (replaced.kind !== "directory") {
      throw new EntryError(`${files.label}${path}: Not a directory`);
    }
    if (!policy.preserve) {
      return new StoredDirectory(files, path, { isNew, mode: undefined });
    }
    // Somebody else's directory may be open to us all the same.
    await files.setMode(path, mode | OWNER_ALL).catch(asEntryError);
    return new StoredDirectory(files, path, { isNew, mode: { bits: mode } });
  }

  /**
   * Gives the directory its times and mode, now that nothing more goes in.
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
async function mkdir(
  files: FileSystem,
  { path, mode }: { path: string; mode: number },
  { preserve, umask }: StorePolicy,
): Promise<LastMode | undefined> {
  const made = (mode & 0o777) | OWNER_ALL;
  if (!preserve && made === (umask === undefined ? mode & 0o777 : mode)) {
    await files.mkdir(path, made);
    return undefined;
  }
  // Both leave at once: what a server made of the mode costs no round trip.
  const [, found] = await Promise.all([
    files.mkdir(path, made),
    files.stat(path).catch(asEntryError),
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

/** For a `catch` of what need not succeed. */
function ignored(error: unknown): void {
  asEntryError(error);
}
