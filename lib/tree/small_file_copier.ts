import { asEntryError, EntryError } from "../errors.ts";
import type { Observer, Proof } from "../events/copy_event.ts";
import {
  type FileProgress,
  settleCopied,
  settleFailed,
  startFile,
  untilSettled,
} from "../events/file_progress.ts";
import type { FileSystem, OpenFile } from "../filesystem/file_system.ts";
import { type MadeWhole, storeWhole } from "../filesystem/stored_whole.ts";
import { BufferPool } from "./buffer_pool.ts";
import { cutShort } from "./cut_short.ts";
import type { EntryPaths, FoundEntry } from "./destination.ts";
import type { FileVerifier, Verification } from "./file_verifier.ts";
import type { OpenEntries } from "./open_entries.ts";
import { eventPath, timesOf, type TransferOptions } from "./options.ts";

/**
 * Bytes of small files in flight at once: the window of an SSH channel, 2 MiB, twice,
 * since a file is read before its target is made, and waits for that.
 */
const IN_FLIGHT_BYTES = 4 * 1024 * 1024;

/** Source that was read; it tells a hash where it hashes what is read. */
type ReadSource = Pick<OpenFile, "hashOfPassed">;

/** Source whose reads are not hashed. */
const UNHASHED: ReadSource = {};

/** File whose target was made. */
interface BegunFile {
  readonly progress: FileProgress;
  readonly verification: Verification | undefined;
}

/** File whose target was to get its content. */
interface MadeFile extends BegunFile {
  readonly path: string;
  readonly size: number;
  readonly read: ReadSource;
}

/** Error that ended the storing of a file. */
interface Thrown {
  readonly thrown: unknown;
}

/**
 * Copier of files that fit into one block to where nothing is, from or to a server that
 * keeps order: in two flights, one that opens the file, and one that reads or writes and
 * closes it.
 */
export class SmallFileCopier {
  readonly #from: FileSystem;
  readonly #to: FileSystem;
  readonly #options: TransferOptions;
  readonly #observer: Observer;
  readonly #open: OpenEntries;
  readonly #verifier: FileVerifier | undefined;
  readonly #blocks: BufferPool;

  constructor(
    from: FileSystem,
    to: FileSystem,
    options: TransferOptions,
    { observer, open, verifier }: {
      observer: Observer;
      open: OpenEntries;
      verifier: FileVerifier | undefined;
    },
  ) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#observer = observer;
    this.#open = open;
    this.#verifier = verifier;
    const blockBytes = Math.min(
      from.concurrency.blockBytes,
      to.concurrency.blockBytes,
    );
    const count = Math.max(1, Math.ceil(IN_FLIGHT_BYTES / blockBytes));
    this.#blocks = new BufferPool(count, blockBytes);
  }

  /** Tells a file that it can copy where nothing is. */
  takes({ attributes: { size } }: FoundEntry): boolean {
    const { existing, isAtomic, dryRun } = this.#options;
    const keepsOrder = this.#to.keepsOrder ?? this.#from.keepsOrder;
    return keepsOrder !== undefined && size < this.#blocks.wholeBytes &&
      isAtomic !== true &&
      dryRun === undefined && existing?.keepsAll !== true;
  }

  /**
   * Copies a file, if nothing is at its target.
   *
   * @param sent Called where the outcome alone is left to be awaited.
   * @returns False where nothing was made: the source cannot be read in one go, or
   * the target cannot be made, for whatever reason.
   * @throws {EntryError} If something failed later: the target is empty, or lacks its
   * mode or times.
   * @throws {ProtocolError} If a server broke its protocol.
   * @throws {SessionError} If the connection is lost.
   */
  async copy(
    source: FoundEntry,
    path: string,
    sent: () => void,
  ): Promise<boolean> {
    const { size, mode } = source.attributes;
    const { memory, interrupted, store } = this.#options;
    // One byte more shows that the file has grown.
    const room = size + 1;
    const block = this.#blocks.acquireNow(room) ??
      await this.#blocks.acquire(room);
    let step: Disposable | undefined;
    // By hand, as a `using` costs a tree of small files a microsecond a file, measured.
    try {
      if (interrupted.aborted) return false;
      step = this.#open.begin();
      const { bytes } = block;
      const reading = this.#read(source, bytes, () => {
        // Else the target's server is to be waited for, too.
        if (this.#to.keepsOrder === undefined) sent();
      });
      const read = reading instanceof Promise ? await reading : reading;
      if (read === undefined) return false;
      const paths = { source: source.path, target: path };
      let begun = undefined as BegunFile | undefined;
      const made = () => {
        begun = this.#begin(source, paths);
        if (this.#to.keepsOrder !== undefined) sent();
      };
      const content = bytes.subarray(0, size);
      const times = timesOf(source, this.#options);
      let stored: MadeWhole | Thrown | undefined;
      try {
        const storing = storeWhole(this.#to, { path, mode }, store, {
          content,
          times,
          made,
        });
        stored = storing instanceof Promise ? await storing : storing;
      } catch (error) {
        stored = { thrown: error };
      }
      if (stored === undefined) return false;
      if (begun === undefined) {
        // It may be there all the same.
        memory?.noteBegun(paths, true);
        throw (stored as Thrown).thrown;
      }
      const verifying = this.#finish({ ...begun, size, path, read }, stored);
      if (verifying !== undefined) await verifying;
      memory?.noteArrived(paths);
      return true;
    } finally {
      step?.[Symbol.dispose]();
      block[Symbol.dispose]();
    }
  }

  /**
   * Reads a file; gives nothing where that is not all of it, or it has grown.
   *
   * @param asked Called where its content alone is left to be awaited.
   */
  #read(
    source: FoundEntry,
    bytes: Uint8Array,
    asked: () => void,
  ): ReadSource | undefined | Promise<ReadSource | undefined> {
    const { readWhole } = this.#from;
    if (readWhole === undefined) return this.#readInSteps(source, bytes, asked);
    const { path, attributes: { size } } = source;
    const reading = readWhole(path, bytes, asked);
    const found = (count: number | undefined) =>
      count === size ? UNHASHED : undefined;
    return reading instanceof Promise ? reading.then(found) : found(reading);
  }

  async #readInSteps(
    { path, attributes: { size } }: FoundEntry,
    bytes: Uint8Array,
    asked: () => void,
  ): Promise<ReadSource | undefined> {
    const { keepsOrder } = this.#from;
    const input = await this.#from.openToRead(path).catch(asEntryError);
    if (input instanceof EntryError) return undefined;
    using file = input;
    const reading = file.read(bytes, 0).catch(asEntryError);
    // Nothing was written: how it is closed does not matter.
    if (keepsOrder !== undefined) file[Symbol.dispose]();
    asked();
    return await reading === size ? input : undefined;
  }

  /** Tells that a file was made, and begins to verify it. */
  #begin(source: FoundEntry, paths: EntryPaths): BegunFile {
    const { memory, isWatched } = this.#options;
    memory?.noteBegun(paths, true);
    const progress = startFile(this.#observer, {
      name: this.#from.nameOf(source.path),
      path: eventPath(this.#options, paths),
      size: source.attributes.size,
      isWatched,
    });
    return { progress, verification: this.#verifier?.begin(source) };
  }

  /**
   * Tells what became of a file, and checks it.
   *
   * @returns Nothing to wait for where it is not verified.
   * @throws What failed.
   */
  #finish(file: MadeFile, stored: MadeWhole | Thrown): void | Promise<void> {
    const { progress, verification } = file;
    const failed = this.#failureOf(file, stored);
    if (failed !== undefined) {
      settleFailed(progress, failed.thrown);
      throw failed.thrown;
    }
    if (verification === undefined) return settleCopied(progress);
    const { hash } = stored as MadeWhole;
    return untilSettled(progress, () => this.#verify(file, verification, hash));
  }

  /** Gives what failed of a file, and tells what moved of it. */
  #failureOf(
    { progress, path, size }: MadeFile,
    stored: MadeWhole | Thrown,
  ): Thrown | undefined {
    if ("thrown" in stored) return stored;
    const { failure, flaw } = stored;
    if (failure === undefined) {
      progress.moved(size);
      return flaw && { thrown: flaw };
    }
    const cut = cutShort(this.#to.label + path, {
      expected: size,
      size: 0,
      failure,
      left: undefined,
      interrupted: this.#options.interrupted,
    });
    return { thrown: cut };
  }

  /** @throws {EntryError} If the file is not what its source is. */
  async #verify(
    { path, size, read }: MadeFile,
    verification: Verification,
    stored: string | undefined,
  ): Promise<Proof | undefined> {
    const hash = read.hashOfPassed?.(size) ?? stored;
    const doubt = await verification.check(path, { size, target: path, hash });
    if (doubt !== undefined) throw doubt;
    return verification.proof;
  }
}
