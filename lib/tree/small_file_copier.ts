import { asEntryError, EntryError } from "../errors.ts";
import type { Observer, Proof } from "../events/copy_event.ts";
import { startFile, untilSettled } from "../events/file_progress.ts";
import type { FileSystem, OpenFile } from "../filesystem/file_system.ts";
import { StoredFile } from "../filesystem/stored_file.ts";
import { BufferPool } from "./buffer_pool.ts";
import { cutShort } from "./cut_short.ts";
import type { FoundEntry } from "./destination.ts";
import type { FileVerifier } from "./file_verifier.ts";
import { eventPath, timesOf, type TransferOptions } from "./options.ts";

/**
 * Bytes of small files in flight at once: the window of an SSH channel, 2 MiB, twice,
 * since a file is read before its target is made, and waits for that.
 */
const IN_FLIGHT_BYTES = 4 * 1024 * 1024;

/** File that was read, and is to be sent. */
interface ReadFile {
  readonly source: FoundEntry;
  readonly input: OpenFile;
  readonly content: Uint8Array;
  /** Path of the target. */
  readonly path: string;
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
  readonly #verifier: FileVerifier | undefined;
  readonly #blocks: BufferPool;

  constructor(
    from: FileSystem,
    to: FileSystem,
    options: TransferOptions,
    { observer, verifier }: {
      observer: Observer;
      verifier: FileVerifier | undefined;
    },
  ) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#observer = observer;
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
    const { memory, interrupted, isWatched, store } = this.#options;
    // One byte more shows that the file has grown.
    using block = await this.#blocks.acquire(size + 1);
    if (interrupted.aborted) return false;
    const isToServer = this.#to.keepsOrder !== undefined;
    const input = await this.#read(source, block.bytes, () => {
      if (!isToServer) sent();
    });
    if (input === undefined) return false;
    const paths = { source: source.path, target: path };
    const noteBegun = () => memory?.noteBegun(paths, true);
    const stored = await StoredFile.make(this.#to, { path, mode }, store)
      .catch((error) => {
        if (error instanceof EntryError) return undefined;
        noteBegun();
        throw error;
      });
    if (stored === undefined) return false;
    using _file = stored;
    noteBegun();
    const progress = startFile(this.#observer, {
      name: this.#from.nameOf(source.path),
      path: eventPath(this.#options, paths),
      size,
      isWatched,
    });
    const content = block.bytes.subarray(0, size);
    const file = { source, input, content, path };
    await untilSettled(progress, async () => {
      const proof = this.#finish(
        stored,
        file,
        (bytes) => progress.moved(bytes),
      );
      if (isToServer) sent();
      return await proof;
    });
    memory?.noteArrived(paths);
    return true;
  }

  /**
   * Reads a file; gives it closed, or nothing where it has another length.
   *
   * @param asked Called where its content alone is left to be awaited.
   */
  async #read(
    { path, attributes: { size } }: FoundEntry,
    bytes: Uint8Array,
    asked: () => void,
  ): Promise<OpenFile | undefined> {
    // Whatever cannot be read in one go is left to those who report it.
    const input = await this.#from.openToRead(path).catch(asEntryError);
    if (input instanceof EntryError) return undefined;
    using file = input;
    const reading = file.read(bytes, 0).catch(asEntryError);
    // Nothing was written: how it is closed does not matter.
    if (this.#from.keepsOrder !== undefined) file[Symbol.dispose]();
    asked();
    return await reading === size ? input : undefined;
  }

  /** Sends a file whose target is open; gives its proof, if it is verified. */
  async #finish(
    stored: StoredFile,
    { source, input, content, path }: ReadFile,
    moved: (bytes: number) => void,
  ): Promise<Proof | undefined> {
    const verification = this.#verifier?.begin(source);
    const { interrupted } = this.#options;
    const outcome = await stored.finishWith(
      content,
      timesOf(source, this.#options),
    );
    const size = content.length;
    if (outcome.failure !== undefined) {
      throw cutShort(this.#to.label + path, {
        expected: size,
        size: 0,
        failure: outcome.failure,
        left: outcome.left,
        interrupted,
      });
    }
    moved(size);
    const flaw = outcome.flaw ??
      await verification?.check(path, { size, input, stored });
    if (flaw !== undefined) throw flaw;
    return verification?.proof;
  }
}
