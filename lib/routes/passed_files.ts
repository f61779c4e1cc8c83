import {
  HashedFileSystem,
  type PassedContent,
} from "../digest/hashed_file_system.ts";
import type { MovingFile } from "../events/copy_event.ts";
import type { Digest } from "../filesystem/digest.ts";
import type { FileSystem } from "../filesystem/file_system.ts";

/** Local files of a copy, and the hashes of what was read or written of them. */
export class PassedFiles {
  /** View of the files, through which the copy goes. */
  readonly files: FileSystem;
  readonly #base: FileSystem;
  readonly #passed = new Map<string, PassedContent>();

  constructor(base: FileSystem) {
    this.#base = base;
    this.files = new HashedFileSystem(
      base,
      (path, passed) => this.#passed.set(path, passed),
    );
  }

  /**
   * Takes the SHA-256 of what passed of a file; where that was not in its order, or is
   * not known yet, the result reads the file again.
   */
  take({ path, size }: MovingFile): () => Promise<Digest> {
    let hash = this.#taken(path, size);
    return async () => {
      hash ??= this.#taken(path, size);
      if (hash !== undefined) return { kind: "hash", hash };
      return await this.#base.digest?.(path) ??
        { kind: "unavailable", reason: "the disk hashes no files" };
    };
  }

  #taken(path: string, size: number): string | undefined {
    const passed = this.#passed.get(path);
    if (passed?.size !== size) return undefined;
    this.#passed.delete(path);
    return passed.hash;
  }
}
