import type { Attributes, OpenFile, Times } from "../filesystem/file_system.ts";
import { attempt } from "./attempt.ts";
import type { SystemFile } from "./system_calls.ts";

/** An open file of the local disk. */
export class LocalFile implements OpenFile {
  readonly writesAtOnce: boolean;
  readonly #path: string;
  readonly #file: SystemFile;
  /** Place of the system's next read or write, in bytes. */
  #position = 0;
  #isOpen = true;

  /** @param path Path by which messages name it. */
  constructor(path: string, file: SystemFile, { writesAtOnce = true } = {}) {
    this.#path = path;
    this.#file = file;
    this.writesAtOnce = writesAtOnce;
  }

  async stat(): Promise<Attributes> {
    return attempt(this.#path, () => this.#file.fstat());
  }

  async identify(): Promise<Attributes> {
    return await this.stat();
  }

  async read(buffer: Uint8Array, at: number): Promise<number> {
    return attempt(this.#path, () => {
      this.#seek(at);
      const count = this.#file.read(buffer);
      this.#position += count;
      return count;
    });
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    attempt(this.#path, () => this.#seek(at));
    for (let done = 0; done < bytes.length;) {
      const written = attempt(
        this.#path,
        () => this.#file.write(bytes.subarray(done)),
      );
      const count = typeof written === "number" ? written : await written;
      this.#position += count;
      done += count;
    }
  }

  /** Moves only where need be: a FIFO cannot. */
  #seek(at: number): void {
    if (at !== this.#position) this.#file.seek(at);
    this.#position = at;
  }

  async truncate(size: number): Promise<void> {
    attempt(`${this.#path}: truncate`, () => this.#file.ftruncate(size));
  }

  async setMode(mode: number): Promise<void> {
    attempt(`${this.#path}: set mode`, () => this.#file.fchmod(mode));
  }

  async setTimes(times: Times): Promise<void> {
    attempt(`${this.#path}: set times`, () => this.#file.futimes(times));
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    attempt(`${this.#path}: close`, () => this.#file.close());
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#file[Symbol.dispose]();
  }
}
