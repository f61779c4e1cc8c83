import { asEntryError, EntryError } from "../errors.ts";
import {
  type ExistingPolicy,
  isAnythingAt,
  linkSkipReasonOf,
  type SkipReason,
} from "../filesystem/existing_files.ts";
import type { Attributes, FileSystem } from "../filesystem/file_system.ts";
import {
  type LeftListener,
  NO_RENAME,
  notingLeft,
  temporaryBeside,
} from "../filesystem/replaced_file.ts";
import { mayLeadOut } from "../names/link_text.ts";
import type { Platform } from "../names/names.ts";
import { shortened } from "../names/printable.ts";
import { findQuietly } from "../filesystem/find_quietly.ts";
import type { Destination, FoundEntry } from "./destination.ts";
import { KeyedLock } from "./keyed_lock.ts";
import type { SettledLinks } from "./options.ts";
import { checkDifferent } from "./same_file.ts";

/** Rules for links. */
export interface LinkOptions {
  /** Links that the job's copies settled: nothing is written through them. */
  readonly settled: SettledLinks;
  /** Rules for what is there; absent where a link takes its place. */
  readonly existing: ExistingPolicy | undefined;
  /** True where it does so in one step. */
  readonly isAtomic: boolean;
  /**
   * System whose links may not lead out of the target, nor anything be copied
   * through those below it; absent where they may lead anywhere.
   */
  readonly confinedTo: Platform | undefined;
  /** Listener for the path of a temporary link that may be left. */
  readonly noteLeft: LeftListener;
}

/** Outcome of a link: why it was not made, or else whether it took a place. */
export type LinkOutcome =
  | { readonly skipped: SkipReason }
  | { readonly skipped?: undefined; readonly replaces: boolean };

/** Ends of messages about links that the job's copies settled. */
const ORIGINS = {
  made: "that was just made",
  kept: "that another source has, too",
} as const;

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
    const { settled, confinedTo } = this.#options;
    const { key, place, mayExist } = destination;
    const isConfined = confinedTo !== undefined && place !== undefined &&
      (this.#replaces || kind === "directory");
    if (settled.has(key) || (isConfined && mayExist)) {
      await this.#checkNoLink(path, destination);
    }
    return claimed.move();
  }

  /**
   * Makes a link at the target.
   *
   * @param says Destination of the link.
   * @throws {EntryError} If the link would replace a directory or what it leads to,
   * or may lead out of the target.
   */
  async copy(
    source: string,
    destination: Destination,
    says: string,
  ): Promise<LinkOutcome> {
    const { path: target, key, place, depth } = destination;
    using _claim = await this.#claims.acquire(key);
    const { existing, confinedTo } = this.#options;
    const isRefused = confinedTo !== undefined &&
      mayLeadOut(says, Math.max(0, depth - 1), confinedTo);
    if (isRefused) {
      throw new EntryError(
        `${this.#from.label}${source}: the link may lead out of the target: ` +
          shortened(says),
      );
    }
    const there = this.#replaces
      ? await this.#findThere(destination)
      : undefined;
    if (there !== undefined && typeof there !== "string") {
      await this.#checkDifferent(source, { path: target, attributes: there });
      if (there.kind === "directory") {
        throw new EntryError(`${this.#to.label}${target}: Is a directory`);
      }
    }
    if (place?.isCollision && await isAnythingAt(this.#to, target)) {
      await place.among.check(place.name);
    }
    const reason = existing && linkSkipReasonOf(says, there, existing);
    if (reason === "the same link") this.#options.settled.set(key, "kept");
    if (reason !== undefined) return { skipped: reason };
    const failure = await this.#make(target, says)
      .then(() => undefined, asEntryError);
    if (failure === undefined) {
      this.#options.settled.set(key, "made");
      return { replaces: there !== undefined };
    }
    if (this.#replaces || !await isAnythingAt(this.#to, target)) throw failure;
    return { skipped: "exists, not replaced" };
  }

  /** Makes a link; in place of what is there by one step, where that is asked for. */
  async #make(target: string, says: string): Promise<void> {
    if (!this.#options.isAtomic) {
      return await this.#to.symlink(target, says, this.#replaces);
    }
    const { replace } = this.#to;
    if (replace === undefined) {
      throw new EntryError(`${this.#to.label}${target}: ${NO_RENAME}`);
    }
    const temporary = temporaryBeside(this.#to, target);
    const { noteLeft } = this.#options;
    await notingLeft(temporary, noteLeft, async () => {
      await this.#to.symlink(temporary, says, false, target);
      try {
        await replace.call(this.#to, temporary, target);
      } catch (error) {
        await this.#to.remove(temporary).catch(asEntryError);
        throw error;
      }
    });
  }

  get #replaces(): boolean {
    return this.#options.existing?.keepsAll !== true;
  }

  /** Gives the text of the link that is there, or the attributes of what is no link. */
  async #findThere(
    { path, mayExist }: Destination,
  ): Promise<string | Attributes | undefined> {
    if (!mayExist) return undefined;
    return await this.#linkAt(path) ?? await findQuietly(this.#to, path);
  }

  /** @throws {EntryError} If the link at `source` leads to what it would replace. */
  async #checkDifferent(source: string, replaced: FoundEntry): Promise<void> {
    const named = await findQuietly(this.#from, source);
    if (named === undefined) return;
    await checkDifferent(
      { files: this.#from, path: source, attributes: named },
      { files: this.#to, ...replaced },
    );
  }

  async #checkNoLink(
    source: string,
    { path, key }: Destination,
  ): Promise<void> {
    if (await this.#linkAt(path) === undefined) return;
    const origin = this.#options.settled.get(key);
    if (origin !== undefined) {
      throw new EntryError(`${source}: ${path} is a link ${ORIGINS[origin]}`);
    }
    throw new EntryError(
      `${this.#to.label}${path}: a link is there: nothing is copied through it`,
    );
  }

  /**
   * Gives the text of a link at the target; `undefined` where there is none.
   *
   * @throws {EntryError} If an entry is there, and nothing tells what it is.
   */
  async #linkAt(path: string): Promise<string | undefined> {
    const says = await this.#to.readlink(path).catch(asEntryError);
    if (!(says instanceof EntryError)) return says;
    if (await findQuietly(this.#to, path) === undefined) return undefined;
    throw says;
  }
}
