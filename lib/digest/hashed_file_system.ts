import type { Attributes, OpenFile, Times } from "../filesystem/file_system.ts";
import { FileSystemView } from "../filesystem/file_system_view.ts";
import { beginHash, type Hash } from "./hash.ts";

/** Content that passed in its order, from a file's start on. */
export interface PassedContent {
  /** Length in bytes. */
  readonly size: number;
  /** SHA-256, as in `Digest`. */
  readonly hash: string;
}

/** Listener to what was read or written of files. */
export type PassedListener = (path: string, passed: PassedContent) => void;

/**
 * View of a file system whose open files tell the SHA-256 of what is read from them
 * or written to them, as long as that is in its order.
 */
export class HashedFileSystem extends FileSystemView {
  readonly #onClosed: PassedListener | undefined;

  /** @param onClosed Told of what passed of each file, once it is closed. */
  constructor(base: FileSystemView["base"], onClosed?: PassedListener) {
    super(base);
    this.#onClosed = onClosed;
    const { create } = base;
    if (create === undefined) return;
    this.create = async (path, mode) => {
      const file = await create.call(base, path, mode);
      return file && await this.#hashed(path, file);
    };
  }

  async #hashed(path: string, file: OpenFile): Promise<OpenFile> {
    const onClosed = this.#onClosed &&
      ((passed: PassedContent) => this.#onClosed!(path, passed));
    return new HashedFile(file, await beginHash("sha256"), onClosed);
  }

  override async openToRead(path: string): Promise<OpenFile> {
    return await this.#hashed(path, await this.base.openToRead(path));
  }

  override async createNew(
    path: string,
    mode: number,
    name?: string,
  ): Promise<OpenFile> {
    const file = await this.base.createNew(path, mode, name);
    return await this.#hashed(path, file);
  }

  override async openToWrite(
    path: string,
    mode: number,
    replaced?: Attributes,
    name?: string,
  ): Promise<OpenFile> {
    const file = await this.base.openToWrite(path, mode, replaced, name);
    return await this.#hashed(path, file);
  }
}

/** Open file that hashes what passes. */
class HashedFile implements OpenFile {
  readonly #file: OpenFile;
  readonly #hash: Hash;
  /** Bytes that were hashed. */
  #hashed = 0;
  #isInOrder = true;
  readonly #onClosed: ((passed: PassedContent) => void) | undefined;
  readonly readTo?: NonNullable<OpenFile["readTo"]>;
  readonly spread?: NonNullable<OpenFile["spread"]>;
  readonly shorten?: NonNullable<OpenFile["shorten"]>;
  readonly writesAtOnce?: boolean;

  /** @param onClosed Told of what passed, if that was in its order. */
  constructor(
    file: OpenFile,
    hash: Hash,
    onClosed?: (passed: PassedContent) => void,
  ) {
    this.#file = file;
    this.#hash = hash;
    this.#onClosed = onClosed;
    if (file.writesAtOnce) this.writesAtOnce = true;
    if (file.spread) this.spread = file.spread.bind(file);
    if (file.shorten) this.shorten = file.shorten.bind(file);
    if (file.readTo) {
      this.readTo = (to, at, length) =>
        file.readTo!(
          {
            write: async (bytes, at) => {
              this.#pass(bytes, at);
              await to.write(bytes, at);
            },
          },
          at,
          length,
        );
    }
  }

  hashOfPassed(size: number): string | undefined {
    if (!this.#isInOrder || this.#hashed !== size) return undefined;
    this.#isInOrder = false;
    return this.#hash.endAsHex();
  }

  /** Takes bytes from `at` on; those that passed before are not taken again. */
  #pass(bytes: Uint8Array, at: number): void {
    const known = this.#hashed - at;
    if (known < 0) this.#isInOrder = false;
    if (!this.#isInOrder || known >= bytes.length) return;
    this.#hash.update(bytes.subarray(known));
    this.#hashed = at + bytes.length;
  }

  async read(buffer: Uint8Array, at: number): Promise<number> {
    const count = await this.#file.read(buffer, at);
    this.#pass(buffer.subarray(0, count), at);
    return count;
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    this.#pass(bytes, at);
    await this.#file.write(bytes, at);
  }

  async stat(): Promise<Attributes> {
    return await this.#file.stat();
  }

  async identify(): Promise<Attributes | undefined> {
    return await this.#file.identify();
  }

  async truncate(size: number): Promise<void> {
    await this.#file.truncate(size);
  }

  async setMode(mode: number): Promise<void> {
    await this.#file.setMode(mode);
  }

  async setTimes(times: Times): Promise<void> {
    await this.#file.setTimes(times);
  }

  async close(): Promise<void> {
    await this.#file.close();
    this.#tellPassed();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
    this.#tellPassed();
  }

  #tellPassed(): void {
    if (this.#onClosed === undefined) return;
    const size = this.#hashed;
    const hash = this.hashOfPassed(size);
    if (hash !== undefined) this.#onClosed({ size, hash });
  }
}
