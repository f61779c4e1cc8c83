import { asEntryError, EntryError } from "../errors.ts";
import type { FileSystem, Times } from "./file_system.ts";
import {
  type EntryToStore,
  firstFailure,
  policyFor,
  type StorePolicy,
  takenMode,
} from "./store.ts";

const OWNER_ALL = 0o700;
const SET_GROUP_ID = 0o2000;

/** Mode that a directory gets when all its entries are in it. */
interface LastMode {
  readonly bits: number;
  /** Present where a mode that cannot be set is no failure. */
  readonly isOptional?: true;
}

/** A directory whose content is being received. */
export class StoredDirectory {
  readonly path: string;
  /** True if the directory was not there before. */
  readonly isNew: boolean;
  readonly #files: FileSystem;
  /** Mode that the directory gets at last; absent where its mode is left alone. */
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
   * Enters the directory at `path`, and makes it where it is missing. Its owner may
   * write to it until it is left, so that a read-only directory can be filled.
   *
   * @throws {EntryError} If something else is there, or it cannot be made.
   */
  static async enter(
    files: FileSystem,
    { path, mode: announced, replaced }: EntryToStore,
    asked: StorePolicy,
  ): Promise<StoredDirectory> {
    const mode = takenMode("directory", announced, asked);
    const policy = policyFor("directory", asked);
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
    // Another user's directory may let us write to it all the same.
    await files.setMode(path, mode | OWNER_ALL).catch(asEntryError);
    return new StoredDirectory(files, path, { isNew, mode: { bits: mode } });
  }

  /**
   * Enters the directory again, over a new connection: what its mode is to be at
   * last is known.
   *
   * @throws {Error} If the connection is lost.
   */
  async reenter(files: FileSystem): Promise<StoredDirectory> {
    const { path, isNew } = this;
    const mode = this.#mode;
    if (mode !== undefined && (mode.bits & OWNER_ALL) !== OWNER_ALL) {
      await files.setMode(path, mode.bits | OWNER_ALL).catch(ignored);
    }
    return new StoredDirectory(files, path, { isNew, mode });
  }

  /**
   * Gives the directory its times and mode, now that nothing more goes in.
   *
   * @returns The first failure; the other step is taken all the same.
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
 * @returns The mode to set at last, an inherited set-group-ID bit included;
 * `undefined` where the directory has the right one.
 */
async function mkdir(
  files: FileSystem,
  { path, mode }: { path: string; mode: number },
  { preserve, umask }: StorePolicy,
): Promise<LastMode | undefined> {
  // A server keeps the sticky bit of a new directory, as mkdir(2) does.
  const bits = umask === undefined ? 0o1777 : 0o777;
  const made = (mode & bits) | OWNER_ALL;
  if (!preserve && made === (umask === undefined ? mode & bits : mode)) {
    await files.mkdir(path, made);
    return undefined;
  }
  // Both calls leave at once: a look at a server's mode costs no round trip.
  const [, found] = await Promise.all([
    files.mkdir(path, made),
    files.stat(path).catch(asEntryError),
  ]);
  const foundMode = found instanceof EntryError ? undefined : found.mode;
  if (preserve || umask !== undefined) {
    return { bits: mode | ((foundMode ?? 0) & SET_GROUP_ID) };
  }
  // The system has applied its umask. Only the owner's bits that were added to fill
  // the directory are taken off at last, if the system allows it.
  return foundMode === undefined
    ? undefined
    : { bits: foundMode & ~(OWNER_ALL & ~mode), isOptional: true };
}

/** For a `catch` of what need not succeed. */
function ignored(error: unknown): void {
  asEntryError(error);
}
