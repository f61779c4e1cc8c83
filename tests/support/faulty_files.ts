import { LocalFiles } from "../../lib/files/local_files.ts";
import type { OpenFile } from "../../lib/files/files.ts";

/** The local disk, but open files have some of their calls replaced. */
export class FaultyFiles extends LocalFiles {
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

/** The open file, but for the calls that `faults` replaces. */
export function withFaults(
  file: OpenFile,
  faults: Partial<OpenFile>,
): OpenFile {
  return {
    attributes: () => file.attributes(),
    identify: () => file.identify(),
    read: (buffer, at) => file.read(buffer, at),
    write: (bytes, at) => file.write(bytes, at),
    truncate: (size) => file.truncate(size),
    setMode: (mode) => file.setMode(mode),
    setTimes: (times) => file.setTimes(times),
    close: () => file.close(),
    [Symbol.dispose]: () => file[Symbol.dispose](),
    ...faults,
  };
}
