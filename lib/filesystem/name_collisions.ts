import { EntryError } from "../errors.ts";
import type { FileSystem } from "./file_system.ts";
import { nameKeyOf } from "../names/names.ts";
import { NameTable, type Precedence } from "../names/name_table.ts";

/**
 * Names that one copy puts into one directory. Some disks take two of them for one,
 * which differ in case or in the composition of letters: the second is refused, so
 * that it does not overwrite the first.
 */
export class NameCollisions {
  readonly #files: Pick<FileSystem, "find" | "join" | "label" | "readdir">;
  readonly #directory: string;
  readonly #names = new NameTable();
  /** Names that were in the directory when one was first in doubt. */
  #present: Promise<NameTable> | undefined;

  constructor(
    files: Pick<FileSystem, "find" | "join" | "label" | "readdir">,
    directory: string,
  ) {
    this.#files = files;
    this.#directory = directory;
  }

  /**
   * Notes a name that is to be copied. After "other", some disk may take it for a
   * name before it: look for the entry, and `check` it if it is there.
   *
   * @param key Key of the name, for those who have it.
   */
  add(name: string, key: string = nameKeyOf(name)): Precedence {
    return this.#names.add(key, name);
  }

  /**
   * Checks that an entry which is there has exactly this name.
   *
   * @throws {EntryError} If it has another one, or the directory cannot be listed.
   */
  async check(name: string): Promise<void> {
    this.#present ??= this.#list();
    const present = await this.#present;
    if (present.isFull || present.has(name)) return;
    const path = this.#files.join(this.#directory, name);
    throw new EntryError(
      `${this.#files.label}${path}: not copied: the target takes its name ` +
        "for that of another entry, which was copied before",
    );
  }

  /**
   * Adds and checks a name, in a copy of one entry after the other.
   *
   * @returns Nothing to wait for where there is no doubt.
   * @throws {EntryError} If another entry of this copy is there by that name.
   */
  admit(name: string): Promise<void> | undefined {
    return this.add(name) === "other" ? this.#checkFound(name) : undefined;
  }

  async #checkFound(name: string): Promise<void> {
    const path = this.#files.join(this.#directory, name);
    if (await this.#files.find(path) !== undefined) await this.check(name);
  }

  async #list(): Promise<NameTable> {
    const present = new NameTable();
    for await (const { name } of await this.#files.readdir(this.#directory)) {
      present.add(name, name);
      if (present.isFull) break;
    }
    return present;
  }
}
