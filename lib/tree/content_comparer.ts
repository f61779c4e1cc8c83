import { asEntryError, EntryError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { Digest, DigestOptions } from "../filesystem/digest.ts";
import type { Attributes, FileSystem } from "../filesystem/file_system.ts";
import type { FoundEntry } from "./destination.ts";

/** Comparer of files by their SHA-256, before any of them is copied. */
export class ContentComparer {
  readonly #from: FileSystem;
  readonly #to: FileSystem;
  readonly #observer: Observer;
  /** Labels of sides that hash no files, which was said. */
  readonly #warned = new Set<string>();

  constructor(from: FileSystem, to: FileSystem, observer: Observer) {
    this.#from = from;
    this.#to = to;
    this.#observer = observer;
  }

  /**
   * Tells whether a file has the content of its source already. Where nothing tells,
   * it has not: to copy it costs no more than to read it back.
   *
   * @param there Entry at `path`; `undefined` where there is none.
   */
  async isSame(
    { path: source, attributes: { kind, size } }: FoundEntry,
    path: string,
    there: Attributes | undefined,
  ): Promise<boolean> {
    if (kind !== "file" || there?.kind !== "file" || there.size !== size) {
      return false;
    }
    if (size === 0) return true;
    const [ours, theirs] = await Promise.all([
      this.#hashOf(this.#from, source, { size }),
      this.#hashOf(this.#to, path, { size }),
    ]);
    return ours !== undefined && ours === theirs;
  }

  /** Gives a file's SHA-256; a file that cannot be read is left to the copy. */
  async #hashOf(
    files: FileSystem,
    path: string,
    options: DigestOptions,
  ): Promise<string | undefined> {
    const digest: Digest | EntryError = files.digest === undefined
      ? { kind: "unavailable", reason: "the server hashes no files" }
      : await files.digest(path, options).catch(asEntryError);
    if (digest instanceof EntryError) return undefined;
    if (digest.kind === "hash") return digest.hash;
    if (!this.#warned.has(files.label)) {
      this.#warned.add(files.label);
      const message = `${files.label}files of the same length are copied: ` +
        digest.reason;
      this.#observer.report({ kind: "warning", message });
    }
    return undefined;
  }
}
