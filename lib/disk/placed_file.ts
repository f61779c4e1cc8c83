import type { Attributes, Times } from "../filesystem/file_system.ts";
import { attempt } from "./attempt.ts";
import type { SystemFile } from "./system_calls.ts";

/** Calls for an open file of the local disk that is read and written at any place. */
export class PlacedFile implements Disposable {
  readonly #path: string;
  readonly #file: SystemFile;
  /** Place of the system's next read or write, in bytes. */
  #position = 0;
  #isOpen = true;

  /** @param path Path by which messages name it. */
  constructor(path: string, file: SystemFile) {
    this.#path = path;
    this.#file = file;
  }

  /** Descriptor, where the C library takes it. */
  get descriptor(): number | undefined {
    return this.#file.descriptor;
  }

  stat(): Attributes {
    return attempt(this.#path, () => this.#file.fstat());
  }

  read(buffer: Uint8Array, at: number): number {
    return attempt(this.#path, () => {
      this.#seek(at);
      const count = this.#file.read(buffer);
      this.#position += count;
      return count;
    });
  }

  /** Writes all of `bytes`; gives a promise where the system lets a write wait. */
  write(bytes: Uint8Array, at: number): void | Promise<void> {
    attempt(this.#path, () => this.#seek(at));
    for (let done = 0; done < bytes.length;) {
      const count = this.#writeSome(bytes, done);
      if (typeof count !== "number") {
        return count.then((count) => this.#writeLater(bytes, done + count));
      }
      done += count;
    }
  }

  async #writeLater(bytes: Uint8Array, done: number): Promise<void> {
    while (done < bytes.length) done += await this.#writeSome(bytes, done);
  }

  #writeSome(bytes: Uint8Array, done: number): number | Promise<number> {
    const rest = done === 0 ? bytes : bytes.subarray(done);
    const written = attempt(this.#path, () => this.#file.write(rest));
    if (typeof written === "number") return this.#advance(written);
    return written.then((count) => this.#advance(count));
  }

  #advance(count: number): number {
    this.#position += count;
    return count;
  }

  /** Moves only where need be: a FIFO cannot. */
  #seek(at: number): void {
    if (at !== this.#position) this.#file.seek(at);
    this.#position = at;
  }

  truncate(size: number): void {
    attempt(`${this.#path}: truncate`, () => this.#file.ftruncate(size));
  }

  setMode(mode: number): void {
    attempt(`${this.#path}: set mode`, () => this.#file.fchmod(mode));
  }

  setTimes(times: Times): void {
    attempt(`${this.#path}: set times`, () => this.#file.futimes(times));
  }

  close(): void {
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
