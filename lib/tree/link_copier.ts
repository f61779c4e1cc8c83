import { asEntryError, EntryError } from "../errors.ts";
import { isAnythingAt, type SkipReason } from "../filesystem/existing_files.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import { NO_RENAME, temporaryBeside } from "../filesystem/replaced_file.ts";
import { mayLeadOut } from "../names/link_text.ts";
import type { Platform } from "../names/names.ts";
import { shortened } from "../names/printable.ts";
import { findQuietly } from "../filesystem/find_quietly.ts";
import type { Destination, FoundEntry } from "./destination.ts";
import { KeyedLock } from "./keyed_lock.ts";
import { checkDifferent } from "./same_file.ts";

/** Rules for links. */
export interface LinkOptions {
  /**
   * Keys of the links that the job's copies made. Nothing is written through them,
   * by any path.
   */
  readonly made: Set<string>;
  /** True where a link takes the place of what is there. */
  readonly replaces: boolean;
  /** True where it does so in one step. */
  readonly isAtomic: boolean;
  /**
   * System whose links may not lead out of the target, nor anything be copied
   * through those below it; absent where they may lead anywhere.
   */
  readonly confinedTo: Platform | undefined;
}

/** Copier of symbolic links as links. */
export class LinkCopier {
  readonly #from: FileSystem;
  readonly #to: FileSystem;
  readonly #options: LinkOptions;
  /** Locks of destinations by their keys: no entry is there but the holder's. */
  readonly #claims = new KeyedLock();

  constructor(from: FileSystem, to: FileSystem, options: LinkOptions) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
  }

  /** Gives the destination of the link at `source`; `undefined` if it is none. */
  async find(source: string): Promise<string | undefined> {
    return await this.#from.readlink(source);
  }

  /**
   * Claims a destination, which is then no other entry's until it is let go, and
   * checks that a file or directory may be copied to it. A file that replaces
   * nothing is made by an exclusive open, which follows no link.
   *
   * @throws {EntryError} If this copy made a link there; where links are confined,
   * if any link is there below the target, or if nothing tells whether one is.
   */
  async claim(
    { path, attributes: { kind } }: FoundEntry,
    destination: Destination,
  ): Promise<Disposable> {
    using claimed = new DisposableStack();
    claimed.use(await this.#claims.acquire(destination.key));
    const { made, confinedTo, replaces } = this.#options;
    const { key, place, mayExist } = destination;
    const isConfined = confinedTo !== undefined && place !== undefined &&
      (replaces || kind === "directory");
    if (made.has(key) || (isConfined && mayExist)) {
      await this.#checkNoLink(path, destination);
    }
    return claimed.move();
  }

  /**
   * Makes a link at the target.
   *
   * @param says Destination of the link.
   * @returns The reason why it was not made; `undefined` where it was.
   * @throws {EntryError} If the link would replace what it leads to, or may lead out
   * of the target.
   */
  async copy(
    source: string,
    { path: target, key, place, depth }: Destination,
    says: string,
  ): Promise<SkipReason | undefined> {
    using _claim = await this.#claims.acquire(key);
    const { replaces, confinedTo } = this.#options;
    const isRefused = confinedTo !== undefined &&
      mayLeadOut(says, Math.max(0, depth - 1), confinedTo);
    if (isRefused) {
      throw new EntryError(
        `${this.#from.label}${source}: the link may lead out of the target: ` +
          shortened(says),
      );
    }
    const named = await findQuietly(this.#from, source);
    const replaced = await findQuietly(this.#to, target);
    const replacesFile = replaces && named !== undefined &&
      replaced !== undefined &&
      await this.#to.readlink(target) === undefined;
    if (replacesFile) {
      await checkDifferent(
        { files: this.#from, path: source, attributes: named },
        { files: this.#to, path: target, attributes: replaced },
      );
    }
    if (place?.isCollision && await isAnythingAt(this.#to, target)) {
      await place.among.check(place.name);
    }
    const failure = await this.#make(target, says)
      .then(() => undefined, asEntryError);
    if (failure === undefined) {
      this.#options.made.add(key);
      return undefined;
    }
    if (replaces || !await isAnythingAt(this.#to, target)) throw failure;
    return "exists, not replaced";
  }

  /** Makes a link; in place of what is there by one step, where that is asked for. */
  async #make(target: string, says: string): Promise<void> {
    const { isAtomic, replaces } = this.#options;
    if (!isAtomic) return await this.#to.symlink(target, says, replaces);
    const { replace } = this.#to;
    if (replace === undefined) {
      throw new EntryError(`${this.#to.label}${target}: ${NO_RENAME}`);
    }
    const temporary = temporaryBeside(this.#to, target);
    await this.#to.symlink(temporary, says, false);
    try {
      await replace.call(this.#to, temporary, target);
    } catch (error) {
      await this.#to.remove(temporary).catch(asEntryError);
      throw error;
    }
  }

  async #checkNoLink(
    source: string,
    { path, key }: Destination,
  ): Promise<void> {
    if (!await this.#isLink(path)) return;
    throw new EntryError(
      this.#options.made.has(key)
        ? `${source}: ${path} is a link that was just made`
        : `${this.#to.label}${path}: a link is there: ` +
          "nothing is copied through it",
    );
  }

  /** @throws {EntryError} If an entry is there, and nothing tells what it is. */
  async #isLink(path: string): Promise<boolean> {
    const says = await this.#to.readlink(path).catch(asEntryError);
    if (!(says instanceof EntryError)) return says !== undefined;
    if (await findQuietly(this.#to, path) === undefined) return false;
    throw says;
  }
}
