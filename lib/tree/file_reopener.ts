import { asEntryError, asFinalError } from "../errors.ts";
import type { Attributes, FileSystem } from "../filesystem/file_system.ts";
import { ReplacedFile } from "../filesystem/replaced_file.ts";
import type { CopyMemory, LeftFile } from "./copy_memory.ts";
import type { EntryPaths, FoundEntry } from "./destination.ts";
import type { FileResumer } from "./file_resumer.ts";
import { isUnchanged, type ResumePoint } from "./resume_point.ts";

/** Temporary file that is open again. */
export interface ReopenedFile extends Disposable {
  readonly stored: ReplacedFile;
  /** Point from which on it is copied. */
  readonly point: ResumePoint;
}

/**
 * Opener of the temporary files that a try before has left, of copies that replace
 * files in one step. What is in one is believed as any beginning is: by its SHA-256.
 */
export class FileReopener {
  readonly #to: FileSystem;
  readonly #resumer: FileResumer;
  readonly #memory: CopyMemory;

  constructor(to: FileSystem, resumer: FileResumer, memory: CopyMemory) {
    this.#to = to;
    this.#resumer = resumer;
    this.#memory = memory;
  }

  /**
   * Opens what is left of an entry; removes what is none to go on with.
   *
   * @returns `undefined` where there is nothing to go on with.
   * @throws {EntryError} If the source cannot be read, or it cannot be removed.
   * @throws {SessionError} If the connection is lost: it is still left.
   */
  async reopen(
    source: FoundEntry,
    paths: EntryPaths,
  ): Promise<ReopenedFile | undefined> {
    const left = this.#memory.suspendedAt(paths);
    if (left === undefined) return undefined;
    const { temporary } = left.suspended;
    const found = await this.#to.find(temporary).catch(asEntryError);
    const point = isUsable(found, left, source)
      ? await this.#pointIn(left, source, found)
      : undefined;
    if (point !== undefined) {
      const stored = await ReplacedFile
        .reopen(this.#to, left.suspended, found as Attributes)
        .catch(asFinalError);
      if (stored instanceof ReplacedFile) {
        return { stored, point, [Symbol.dispose]: () => stored.suspend() };
      }
    }
    await this.#memory.dropSuspended(paths, this.#to);
    return undefined;
  }

  /** Gives the point to go on from; `undefined` where nothing in it is believed. */
  async #pointIn(
    { suspended: { temporary }, written }: LeftFile,
    source: FoundEntry,
    found: Attributes,
  ): Promise<ResumePoint | undefined> {
    const attributes = { ...found, size: written };
    const point = await this.#resumer.find(source, {
      path: temporary,
      attributes,
    });
    if (point.kind === "whole") return undefined;
    return point.kind === "same" ? { kind: "at", at: written } : point;
  }
}

/** Tells a file of which all is there that was written, and whose source is the same. */
function isUsable(
  found: Attributes | undefined | Error,
  { written, source: { attributes } }: LeftFile,
  source: FoundEntry,
): found is Attributes {
  if (found === undefined || found instanceof Error) return false;
  return found.kind === "file" && found.size >= written &&
    isUnchanged(source.attributes, attributes);
}
