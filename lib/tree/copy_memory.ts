import { asEntryError } from "../errors.ts";
import type { Scan } from "../events/total_count.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import type { StoredDirectory } from "../filesystem/stored_directory.ts";
import type { SuspendedFile } from "../filesystem/store.ts";
import type { EntryPaths, FoundEntry } from "./destination.ts";

/** Temporary file that a try left, to go on with. */
export interface LeftFile {
  readonly suspended: SuspendedFile;
  /** Bytes at its beginning that were written. */
  readonly written: number;
  /** Its source, as the try found it. */
  readonly source: FoundEntry;
}

/**
 * Memory of a copy that may be tried several times: what its tries did, as the run
 * itself has seen it. Nothing else is taken for done.
 */
export class CopyMemory {
  /** Time of the first try, in milliseconds since 1970 UTC. */
  readonly began = Date.now();
  /** True where the target was a directory before the copy; absent until known. */
  targetWasDirectory: boolean | undefined;
  readonly #arrived = new Set<string>();
  /** Entries whose targets a try has opened, with true where it made them. */
  readonly #begun = new Map<string, boolean>();
  readonly #directories = new Map<string, StoredDirectory>();
  readonly #leftovers = new Set<string>();
  /** Files to go on with, by the keys of their entries. */
  readonly #suspended = new Map<string, LeftFile>();
  #counted = { files: 0, bytes: 0 };

  /** Notes that an entry has arrived whole. */
  noteArrived(paths: EntryPaths): void {
    const key = keyOf(paths);
    this.#arrived.add(key);
    this.#begun.delete(key);
    this.#suspended.delete(key);
  }

  /** Tells an entry that arrived whole. */
  hasArrived(paths: EntryPaths): boolean {
    return this.#arrived.has(keyOf(paths));
  }

  /**
   * Notes that a try opens the target of an entry to write it.
   *
   * @param isNew True where nothing was there.
   */
  noteBegun(paths: EntryPaths, isNew: boolean): void {
    const key = keyOf(paths);
    if (!this.#begun.has(key)) this.#begun.set(key, isNew);
  }

  /** Tells a target that a try has opened: what is there is the copy's own. */
  hasBegun(paths: EntryPaths): boolean {
    return this.#begun.has(keyOf(paths));
  }

  /** Tells a target that a try has made. */
  hasMade(paths: EntryPaths): boolean {
    return this.#begun.get(keyOf(paths)) === true;
  }

  /** Notes a directory that a try has made. */
  noteMade(directory: StoredDirectory): void {
    this.#directories.set(directory.path, directory);
  }

  /** Gives a directory that a try has made. */
  madeAt(path: string): StoredDirectory | undefined {
    return this.#directories.get(path);
  }

  /** Notes a temporary file that may be left: it could not be removed. */
  noteLeft(path: string): void {
    this.#leftovers.add(path);
  }

  /** Removes the temporary files that tries before have left. */
  async removeLeft(files: Pick<FileSystem, "remove">): Promise<void> {
    const paths = [...this.#leftovers];
    this.#leftovers.clear();
    // One that is gone was removed by the server.
    await Promise.allSettled(paths.map((path) => files.remove(path)));
  }

  /** Notes a temporary file that the next try may go on with. */
  noteSuspended(paths: EntryPaths, left: LeftFile): void {
    this.#suspended.set(keyOf(paths), left);
  }

  /** Gives the temporary file of an entry. */
  suspendedAt(paths: EntryPaths): LeftFile | undefined {
    return this.#suspended.get(keyOf(paths));
  }

  /** Removes the temporary file of an entry, with which no try goes on. */
  async dropSuspended(
    paths: EntryPaths,
    files: Pick<FileSystem, "remove">,
  ): Promise<void> {
    const key = keyOf(paths);
    const left = this.#suspended.get(key);
    if (left === undefined) return;
    await files.remove(left.suspended.temporary).catch(asEntryError);
    this.#suspended.delete(key);
  }

  /** Removes all temporary files with which no try went on. */
  async removeSuspended(files: Pick<FileSystem, "remove">): Promise<void> {
    for (const { suspended } of this.#suspended.values()) {
      this.#leftovers.add(suspended.temporary);
    }
    this.#suspended.clear();
    await this.removeLeft(files);
  }

  /** Gives the scan of one try, which adds what the tries before did not count. */
  scanFor(scan: Scan): Scan {
    const met = { files: 0, bytes: 0 };
    return {
      add: (files, bytes) => {
        met.files += files;
        met.bytes += bytes;
        const moreFiles = Math.max(0, met.files - this.#counted.files);
        const moreBytes = Math.max(0, met.bytes - this.#counted.bytes);
        this.#counted = {
          files: this.#counted.files + moreFiles,
          bytes: this.#counted.bytes + moreBytes,
        };
        if (moreFiles > 0 || moreBytes > 0) scan.add(moreFiles, moreBytes);
      },
      end: () => scan.end(),
    };
  }
}

function keyOf({ source, target }: EntryPaths): string {
  return `${source}\0${target}`;
}
