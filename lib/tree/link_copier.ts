import { asEntryError, EntryError } from "../errors.ts";
import { isAnythingAt, type SkipReason } from "../filesystem/existing_files.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import { findQuietly } from "../filesystem/find_quietly.ts";
import type { Destination } from "./destination.ts";
import { checkDifferent } from "./same_file.ts";

/** Copier of symbolic links as links. */
export class LinkCopier {
  readonly #from: FileSystem;
  readonly #to: FileSystem;
  /**
   * Keys of links that were made. Nothing is written through them, by any path.
   */
  readonly #made: Set<string>;

  readonly #replaces: boolean;

  /** @param replaces True where a link takes the place of what is there. */
  constructor(
    from: FileSystem,
    to: FileSystem,
    { made, replaces }: { made: Set<string>; replaces: boolean },
  ) {
    this.#from = from;
    this.#to = to;
    this.#made = made;
    this.#replaces = replaces;
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
   * @throws {EntryError} If the link would replace what it leads to.
   */
  async copy(
    source: string,
    { path: target, key, place }: Destination,
    says: string,
  ): Promise<SkipReason | undefined> {
    const named = await findQuietly(this.#from, source);
    const replaced = await findQuietly(this.#to, target);
    const replacesFile = this.#replaces && named !== undefined &&
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
    const failure = await this.#to.symlink(target, says, this.#replaces)
      .then(() => undefined, asEntryError);
    if (failure === undefined) {
      this.#made.add(key);
      return undefined;
    }
    if (this.#replaces || !await isAnythingAt(this.#to, target)) throw failure;
    return "exists, not replaced";
  }

  async #isLink(path: string): Promise<boolean> {
    return typeof await this.#to.readlink(path).catch(asEntryError) ===
      "string";
  }
}
