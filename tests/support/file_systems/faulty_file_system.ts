import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import type { OpenFile } from "../../../lib/filesystem/file_system.ts";
import { withFaults } from "./faulty_file.ts";

/** The local disk, with some calls of its open files replaced. */
export class FaultyFileSystem extends LocalFileSystem {
  override readonly storeWhole = undefined;
  readonly #faults: Partial<OpenFile>;

  constructor(faults: Partial<OpenFile>) {
    super();
    this.#faults = faults;
  }

  override async openToRead(path: string): Promise<OpenFile> {
    return withFaults(await super.openToRead(path), this.#faults);
  }

  override async create(
    path: string,
    mode: number,
  ): Promise<OpenFile | undefined> {
    const file = await super.create?.(path, mode);
    return file && withFaults(file, this.#faults);
  }

  override async openToWrite(path: string, mode: number): Promise<OpenFile> {
    return withFaults(await super.openToWrite(path, mode), this.#faults);
  }
}
