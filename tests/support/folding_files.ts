import type {
  Attributes,
  Listing,
  OpenFile,
  Pace,
} from "../../lib/filesystem/file_system.ts";
import { LocalFiles } from "../../lib/disk/local_files.ts";

/**
 * A folder of the local disk that takes names for the same where `fold` gives
 * the same for them, as disks do that ignore case; a name stays as it was made.
 */
export class FoldingFiles extends LocalFiles {
  override readonly pace: Pace;
  readonly #root: string;
  readonly #fold: (name: string) => string;

  constructor(root: string, fold: (name: string) => string, entries = 1) {
    super();
    this.pace = { entries, blocks: 2, blockBytes: 64 };
    this.#root = root;
    this.#fold = fold;
  }

  /** The path by the names that are on the disk. */
  #real(path: string): string {
    let folder = this.#root;
    const names = path.slice(folder.length + 1).split("/");
    for (const name of names.filter((each) => each !== "")) {
      folder += `/${
        this.#namesIn(folder).find((it) => this.#isSame(it, name)) ?? name
      }`;
    }
    return folder;
  }

  #namesIn(folder: string): string[] {
    try {
      return Array.from(Deno.readDirSync(folder), ({ name }) => name);
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

  override async attributes(path: string): Promise<Attributes> {
    return await super.attributes(this.#real(path));
  }

  override async identify(path: string): Promise<string | undefined> {
    return await super.identify(this.#real(path));
  }

  override async list(path: string): Promise<Listing> {
    return await super.list(this.#real(path));
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

  override async makeFolder(path: string, mode: number): Promise<void> {
    await super.makeFolder(this.#real(path), mode);
  }

  override async setMode(path: string, mode: number): Promise<void> {
    await super.setMode(this.#real(path), mode);
  }

  override async readLink(path: string): Promise<string | undefined> {
    return await super.readLink(this.#real(path));
  }

  override async makeLink(path: string, destination: string): Promise<void> {
    await super.makeLink(this.#real(path), destination);
  }
}
