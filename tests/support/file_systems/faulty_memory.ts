import type { OpenFile } from "../../../lib/filesystem/file_system.ts";
import { withFaults } from "./faulty_file.ts";
import { MemoryFileSystem } from "./memory_file_system.ts";

/** A disk in memory whose files have some of their calls replaced. */
export class FaultyMemory extends MemoryFileSystem {
  readonly #faults: Partial<OpenFile>;

  constructor(faults: Partial<OpenFile>) {
    super();
    this.#faults = faults;
  }

  override async create(
    path: string,
    mode: number,
  ): Promise<OpenFile | undefined> {
    const file = await super.create(path, mode);
    return file && withFaults(file, this.#faults);
  }

  override async createNew(
    path: string,
    mode: number,
  ): Promise<OpenFile> {
    return withFaults(await super.createNew(path, mode), this.#faults);
  }

  override async openToWrite(path: string, mode: number): Promise<OpenFile> {
    return withFaults(await super.openToWrite(path, mode), this.#faults);
  }
}
