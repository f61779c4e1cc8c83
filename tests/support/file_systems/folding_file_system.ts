import type {
  Attributes,
  Concurrency,
  Listing,
  OpenFile,
} from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";

/**
 * A directory of the local disk that takes names for one where `fold` gives the same
 * for them, as disks do that ignore case. A name stays as it was made.
 */
export class FoldingFileSystem extends LocalFileSystem {
  override readonly concurrency: Concurrency;
  readonly #root: string;
  readonly #fold: (name: string) => string;

  constructor(root: string, fold: (name: string) => string, entries = 1) {
    super();
    this.concurrency = { entries, blocks: 2, blockBytes: 64 };
    this.#root = root;
    this.#fold = fold;
  }

  /** Gives a path by the names that are on the disk. */
  #real(path: string): string {
    let directory = this.#root;
    const names = path.slice(directory.length + 1).split("/");
    for (const name of names.filter((each) => each !== "")) {
      directory += `/${
        this.#namesIn(directory).find((it) => this.#isSame(it, name)) ?? name
      }`;
    }
    return directory;
  }

  #namesIn(directory: string): string[] {
    try {
      return Array.from(Deno.readDirSync(directory), ({ name }) => name);
    } catch {
      return [];
    }
  }

  #isSame(one: string, other: string): boolean {
    return this.#fold(one) === this.#fold(other);
  }

  override async find(path: string): Promise<Attributes | undefined> {
    return await super.find(this.#real(path));
  }

  override async stat(path: string): Promise<Attributes> {
    return await super.stat(this.#real(path));
  }

  override async identify(path: string): Promise<string | undefined> {
    return await super.identify(this.#real(path));
  }

  override async readdir(path: string): Promise<Listing> {
    return await super.readdir(this.#real(path));
  }

  override async create(
    path: string,
    mode: number,
  ): Promise<OpenFile | undefined> {
    return await super.create!(this.#real(path), mode);
  }

  override async openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
  ): Promise<OpenFile> {
    return await super.openToWrite(this.#real(path), mode, replaced);
  }

  override async mkdir(path: string, mode: number): Promise<void> {
    await super.mkdir(this.#real(path), mode);
  }

  override async setMode(path: string, mode: number): Promise<void> {
    await super.setMode(this.#real(path), mode);
  }

  override async readlink(path: string): Promise<string | undefined> {
    return await super.readlink(this.#real(path));
  }

  override async symlink(path: string, destination: string): Promise<void> {
    await super.symlink(this.#real(path), destination);
  }
}
