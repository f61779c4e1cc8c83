import type { Attributes, OpenFile, Times } from "../filesystem/file_system.ts";
import { PlacedFile } from "./placed_file.ts";
import type { SystemFile } from "./system_calls.ts";

/** An open file of the local disk. */
export class LocalFile implements OpenFile {
  readonly writesAtOnce: boolean;
  readonly #file: PlacedFile;

  /** @param path Path by which messages name it. */
  constructor(path: string, file: SystemFile, { writesAtOnce = true } = {}) {
    this.#file = new PlacedFile(path, file);
    this.writesAtOnce = writesAtOnce;
  }

  get descriptor(): number | undefined {
    return this.#file.descriptor;
  }

  async stat(): Promise<Attributes> {
    return this.#file.stat();
  }

  async identify(): Promise<Attributes> {
    return this.#file.stat();
  }

  async read(buffer: Uint8Array, at: number): Promise<number> {
    return this.#file.read(buffer, at);
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    await this.#file.write(bytes, at);
  }

  async truncate(size: number): Promise<void> {
    this.#file.truncate(size);
  }

  async setMode(mode: number): Promise<void> {
    this.#file.setMode(mode);
  }

  async setTimes(times: Times): Promise<void> {
    this.#file.setTimes(times);
  }

  async close(): Promise<void> {
    this.#file.close();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}
