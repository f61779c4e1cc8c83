import { asEntryError, EntryError } from "../errors.ts";
import { isAnythingAt, type SkipReason } from "../filesystem/existing_files.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import { NO_RENAME, temporaryBeside } from "../filesystem/replaced_file.ts";
import { mayLeadOut } from "../names/link_text.ts";
import type { Platform } from "../names/names.ts";
import { shortened } from "../names/printable.ts";
import { findQuietly } from "../filesystem/find_quietly.ts";
import type { Destination } from "./destination.ts";
import { checkDifferent } from "./same_file.ts";

/** Rules for links. */
export interface LinkOptions {
  /** Keys of the links that the job's copies made. */
  readonly made: Set<string>;
  /** True where a link takes the place of what is there. */
  readonly replaces: boolean;
  /** True where it does so in one step. */
  readonly isAtomic: boolean;
  /** System whose links may not lead out of the target; absent where they may. */
  readonly confinedTo: Platform | undefined;
}

/** Copier of symbolic links as links. */
export class LinkCopier {
  readonly #from: FileSystem;
  readonly #to: FileSystem;
  /**
   * Keys of links that were made. Nothing is written through them, by any path.
   */
  readonly #made: Set<string>;

  readonly #options: LinkOptions;

  constructor(from: FileSystem, to: FileSystem, options: LinkOptions) {
    this.#from = from;
    this.#to = to;
    this.#made = options.made;
    this.#options = options;
  }

  /** Gives the destination of the link at `source`; `undefined` if it is none. */
  async find(source: string): Promise<string | undefined> {
    return await this.#from.readlink(source);
  }

  /**
   * Checks that a target is no link that this copy made.
   *
   * @throws {EntryError} If it is.
   */
  async checkNotMade(
    source: string,
    { path, key }: Destination,
  ): Promise<void> {
    if (!this.#made.has(key) || !await this.#isLink(path)) return;
    throw new EntryError(`${source}: ${path} is a link that was just made`);
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
      this.#made.add(key);
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

  async #isLink(path: string): Promise<boolean> {
    return typeof await this.#to.readlink(path).catch(asEntryError) ===
      "string";
  }
}
