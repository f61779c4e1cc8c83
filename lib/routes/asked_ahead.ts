import { asEntryError, EntryError } from "../errors.ts";
import {
  type CopiedDirectory,
  openDirectory,
} from "../filesystem/directory_loops.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import type { FoundEntry } from "../tree/destination.ts";

/** Most questions that wait for their answers. */
const MOST_QUESTIONS = 512;

/** Most answers that nobody has taken: the walk waits for the copy then. */
const MOST_ANSWERS = 65_536;

/** Asks about a file, by its name if that is not its path's. */
type Ask<A> = (file: FoundEntry, name?: string) => Promise<A | undefined>;

/**
 * Questions about the files of some local trees, asked in a walk ahead of a copy, so
 * that it waits for no answer but those that are still out.
 */
export class AskedAhead<A> {
  readonly #files: FileSystem;
  readonly #ask: Ask<A>;
  /** Answers that nobody has taken, and those to come. */
  readonly #answers = new Map<string, Promise<A | undefined>>();
  /** Files that the copy came to before the walk. */
  readonly #passed = new Set<string>();
  #questions = 0;
  #walks = 0;
  #isOver = false;
  #more = Promise.withResolvers<void>();

  /**
   * @param files Trees as the copy sees them.
   * @param ask Asks about a file; an answer that is `undefined` is not kept.
   */
  constructor(files: FileSystem, ask: Ask<A>) {
    this.#files = files;
    this.#ask = ask;
  }

  /** True where the walks are at their ends, and each answer that is kept was taken. */
  get isDone(): boolean {
    return this.#walks === 0 && this.#answers.size === 0;
  }

  /** True until all is asked that is in the walks, and answered. */
  get isAsking(): boolean {
    return this.#walks > 0 || this.#questions > 0;
  }

  /** Begins to walk a tree; what cannot be read is left to the copy to report. */
  walk(root: string): void {
    this.#walks++;
    this.#walk(root, undefined).finally(() => this.#walks--);
  }

  /** Does the same with the files right in a directory whose names are wanted. */
  walkFiles(directory: string, isWanted: (name: string) => boolean): void {
    this.#walks++;
    this.#walkFiles(directory, isWanted).finally(() => this.#walks--);
  }

  /**
   * Takes the answer about a file, which is asked for now where the walk has not come
   * to it.
   *
   * @param name Name of the file, where that is not its path's.
   * @throws {EntryError} If the file cannot be looked at.
   */
  async take(path: string, name?: string): Promise<A | undefined> {
    const known = this.#answers.get(path);
    if (known === undefined) {
      if (this.#walks > 0) this.#passed.add(path);
      const attributes = await this.#files.stat(path);
      return await this.#ask({ path, attributes }, name);
    }
    try {
      return await known;
    } finally {
      this.#answers.delete(path);
      this.#wake();
    }
  }

  /** Ends the walks. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async #walk(
    path: string,
    above: CopiedDirectory | undefined,
  ): Promise<void> {
    if (this.#isOver) return;
    try {
      const attributes = await this.#files.stat(path);
      if (attributes.kind === "file") await this.#meet({ path, attributes });
      if (attributes.kind !== "directory") return;
      const directory = await openDirectory(this.#files, {
        path,
        attributes,
        above,
      });
      using listing = await this.#files.readdir(path);
      const inner: string[] = [];
      for await (const { name, kind } of listing) {
        const entry = this.#files.join(path, name);
        if (kind === "directory") inner.push(entry);
        else await this.#walk(entry, directory);
      }
      for (const entry of inner) await this.#walk(entry, directory);
    } catch (error) {
      asEntryError(error);
    }
  }

  async #walkFiles(
    directory: string,
    isWanted: (name: string) => boolean,
  ): Promise<void> {
    try {
      using listing = await this.#files.readdir(directory);
      for await (const { name } of listing) {
        if (this.#isOver) return;
        if (!isWanted(name)) continue;
        const path = this.#files.join(directory, name);
        const attributes = await this.#files.find(path);
        if (attributes?.kind === "file") await this.#meet({ path, attributes });
      }
    } catch (error) {
      asEntryError(error);
    }
  }

  async #meet(file: FoundEntry): Promise<void> {
    const isFull = () =>
      this.#questions >= MOST_QUESTIONS || this.#answers.size >= MOST_ANSWERS;
    while (isFull() && !this.#isOver) await this.#more.promise;
    const { path } = file;
    if (this.#isOver || this.#passed.delete(path)) return;
    this.#questions++;
    const answer = this.#ask(file);
    this.#answers.set(path, answer);
    answer.then((found) => {
      if (found === undefined) this.#answers.delete(path);
    }, (error) => {
      // Whoever takes it hears of it.
      if (!(error instanceof EntryError)) throw error;
    }).finally(() => {
      this.#questions--;
      this.#wake();
    });
  }

  #wake(): void {
    this.#more.resolve();
    this.#more = Promise.withResolvers<void>();
  }
}
