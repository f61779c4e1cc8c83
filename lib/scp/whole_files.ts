import { asEntryError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import {
  settleCopied,
  settleFailed,
  startFile,
} from "../events/file_progress.ts";
import type {
  FileSystem,
  StoredWhole,
  Times,
} from "../filesystem/file_system.ts";
import type { StorePolicy } from "../filesystem/store.ts";
import { storeWhole } from "../filesystem/stored_whole.ts";
import type { EntryReader } from "./entry_reader.ts";
import type { FileRecord } from "./wire/records.ts";

/** File whose body has come whole, and its place. */
export interface ArrivedFile {
  readonly path: string;
  readonly record: FileRecord;
  readonly content: Uint8Array;
  /** Absent where the file keeps its own. */
  readonly times: Times | undefined;
}

/**
 * Files whose bodies have come whole before they are stored, as those of most files of a
 * tree: each is made, written and closed in one go, and nobody waits for anything. A
 * tree takes two thirds of the client's time so, measured.
 */
export class WholeFiles {
  readonly #reader: EntryReader;
  readonly #files: FileSystem;
  readonly #policy: StorePolicy;
  readonly #observer: Observer;

  constructor(
    reader: EntryReader,
    files: FileSystem,
    policy: StorePolicy,
    observer: Observer,
  ) {
    this.#reader = reader;
    this.#files = files;
    this.#policy = policy;
    this.#observer = observer;
  }

  /**
   * Gives the body of a file whose record was read last, where it can be stored in one
   * go: all of it has come, and the source waits for no reply.
   */
  bodyOf({ size }: FileRecord): Uint8Array | undefined {
    return this.#files.storeWhole !== undefined &&
        this.#reader.isFileAcknowledged
      ? this.#reader.peer.wholeBody(size)
      : undefined;
  }

  /**
   * Stores a file where nothing is at its path, and reports what failed; reads its body.
   *
   * @param otherwise Called where nothing was made, for whatever reason: the body is
   * still to be read.
   */
  store(
    file: ArrivedFile,
    otherwise: () => Promise<void>,
  ): void | Promise<void> {
    const { path, record: { mode }, content, times } = file;
    const whole = { content, times, made: () => {} };
    const entry = { path, mode };
    const storing = storeWhole(this.#files, entry, this.#policy, whole);
    const settle = (stored: StoredWhole | undefined) =>
      stored === undefined ? otherwise() : this.#settle(file, stored);
    return storing instanceof Promise ? storing.then(settle) : settle(storing);
  }

  /** Reads the body of a file that was made, and reports it. */
  #settle(
    { path, record: { name, size } }: ArrivedFile,
    { failure, flaw }: StoredWhole,
  ): void | Promise<void> {
    this.#reader.peer.skipBody(size);
    const progress = startFile(this.#observer, { name, path, size });
    progress.moved(size);
    const error = failure === undefined ? flaw : asEntryError(failure);
    if (error === undefined) settleCopied(progress);
    else {
      settleFailed(progress, error);
      const { message } = error;
      this.#observer.report({ kind: "failure", message, path });
    }
    return this.#reader.passFile();
  }
}
