import { EntryError } from "../errors.ts";
import type { Files } from "../files/files.ts";
import { keyOf } from "./destination.ts";
import { checkDifferent } from "./same_file.ts";

/** Copies symbolic links as links. */
export class LinkCopier {
  readonly #from: Files;
  readonly #to: Files;
  /** The keys of links that were made: nothing is written through them. */
  readonly #made: Set<string>;

  constructor(from: Files, to: Files, made: Set<string>) {
    this.#from = from;
    this.#to = to;
    this.#made = made;
  }

  /** What the link at `source` says; `undefined` if it is none. */
  async find(source: string): Promise<string | undefined> {
    return await this.#from.readLink(source);
  }

  /** @throws {EntryError} If `target` is a link that was made. */
  async checkNotMade(source: string, target: string): Promise<void> {
    if (!await this.#isMade(target)) return;
    throw new EntryError(`${source}: ${target} is a link that was just made`);
  }

  async #isMade(path: string): Promise<boolean> {
    return this.#made.has(keyOf(path)) &&
      await this.#to.readLink(path) !== undefined;
  }

  /** @throws {EntryError} If it would replace what it names. */
  async copy(source: string, target: string, says: string): Promise<void> {
    const named = await this.#from.find(source);
    const replaced = await this.#to.find(target);
    const replacesFile = named !== undefined && replaced !== undefined &&
      await this.#to.readLink(target) === undefined;
    if (replacesFile) {
      await checkDifferent(
        { files: this.#from, path: source, attributes: named },
        { files: this.#to, path: target, attributes: replaced },
      );
    }
    await this.#to.makeLink(target, says);
    this.#made.add(keyOf(target));
  }
}
