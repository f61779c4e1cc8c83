import { EntryError } from "../errors.ts";
import {
  type Attributes,
  type FileSystem,
  isSamePlace,
} from "../filesystem/file_system.ts";
import { type CopyStart, isOwnCopy } from "../filesystem/own_copy.ts";
import type { CopiedDirectory } from "../filesystem/directory_loops.ts";

/**
 * Directories that a transfer itself makes at the top of its target. A target may
 * lie inside a source: on a server that is this machine, or on two servers that
 * are one. Then the walk meets these directories and would copy them for ever.
 */
export class OwnDirectories {
  readonly #from: FileSystem;
  readonly #to: FileSystem;
  readonly #start: CopyStart;
  /** Directories at the top of the target; their identities may still be asked for. */
  readonly #tops: {
    readonly path: string;
    readonly identity: Promise<string | undefined>;
  }[] = [];

  constructor(from: FileSystem, to: FileSystem, start: CopyStart) {
    this.#from = from;
    this.#to = to;
    this.#start = start;
  }

  /** Adds a directory that is filled at the top of the target. */
  add(path: string, identity: Promise<string | undefined>): void {
    this.#tops.push({ path, identity });
  }

  /**
   * Checks a directory below the top of a source. Within one file system,
   * identities show loops.
   *
   * @throws {EntryError} If this transfer made it.
   */
  async check(
    { path, identity }: CopiedDirectory,
    { born, modified }: Attributes,
  ): Promise<void> {
    if (isSamePlace(this.#from, this.#to)) return;
    const name = this.#from.nameOf(path);
    const isOwn = isOwnCopy({ name, born, modified }, this.#start) ||
      (born === undefined && this.#start.names.has(name) &&
        await this.#isTop(path, identity));
    if (!isOwn) return;
    throw new EntryError(
      `${this.#from.label}${path}: cannot copy a directory into itself`,
    );
  }

  /**
   * Tells a directory at the top where a server's identities are paths. Another
   * machine may have a directory of that path, so its time is compared, too, which
   * changes while it is filled.
   */
  async #isTop(path: string, identity: string | undefined): Promise<boolean> {
    if (identity === undefined) return false;
    const there = await this.#to.identify(identity).catch(unknown);
    const top = there === undefined ? undefined : await this.#topAt(there);
    if (top === undefined) return false;
    const before = await this.#to.stat(top);
    const met = await this.#from.stat(path);
    const after = await this.#to.stat(top);
    const [least, it, most] = [before, met, after].map(secondOf);
    return least! <= it! && it! <= most!;
  }

  /** Gives the path of the directory at the top with that identity, if there is one. */
  async #topAt(identity: string): Promise<string | undefined> {
    for (const top of this.#tops) {
      if (await top.identity.catch(unknown) === identity) return top.path;
    }
    return undefined;
  }
}

function secondOf({ modified }: Attributes): number {
  return Math.floor(modified / 1000);
}

/** For a `catch`: gives `undefined` for an entry that cannot be identified. */
function unknown(error: unknown): undefined {
  if (!(error instanceof EntryError)) throw error;
}
