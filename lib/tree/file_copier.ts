import { Turns } from "../channel/turns.ts";
import {
  asEntryError,
  EntryError,
  LostFileError,
  NotCutError,
  SessionError,
} from "../errors.ts";
import type {
  Attributes,
  FileSystem,
  OpenFile,
  Times,
} from "../filesystem/file_system.ts";
import { keyOf } from "../names/names.ts";
import { ReplacedFile } from "../filesystem/replaced_file.ts";
import type { ReceivedFile } from "../filesystem/store.ts";
import { StoredFile } from "../filesystem/stored_file.ts";
import type { Observer } from "../events/copy_event.ts";
import {
  type FileProgress,
  startFile,
  untilSettled,
  UNWATCHED,
} from "../events/file_progress.ts";
import { BufferPool } from "./buffer_pool.ts";
import { KeyedLock } from "./keyed_lock.ts";
import { type CopiedContent, copyContent } from "./content.ts";
import {
  type Destination,
  findThere,
  type FoundEntry,
  isKnown,
} from "./destination.ts";
import type { OpenEntries } from "./open_entries.ts";
import { copyRanges } from "./ranges.ts";
import type { TransferOptions } from "./options.ts";
import { checkDifferent } from "./same_file.ts";
import { checkWhole } from "./whole_source.ts";

/** Destination that no other file is copied to meanwhile. */
interface AcquiredDestination extends Disposable {
  /** Entry that is there. */
  readonly replaced: Attributes | undefined;
}

/** File that is to be filled. */
interface FileToFill {
  readonly source: FoundEntry;
  /** Entry that was there. */
  readonly replaced: Attributes | undefined;
  readonly progress: FileProgress;
  /** The most blocks that are in flight at once. */
  readonly atOnce: number;
}

/**
 * Length from which on all connections carry a file, in bytes: below, opening it in
 * each of them costs more than it brings.
 */
export const SPREAD_BYTES = 64 * 1024 * 1024;

/** Copier of files, any number of them at once. */
export class FileCopier {
  readonly #from: FileSystem;
  readonly #to: FileSystem;
  readonly #options: TransferOptions;
  readonly #observer: Observer;
  readonly #open: OpenEntries;
  readonly #blocks: BufferPool;
  readonly #blocksAtOnce: number;
  readonly #blocksOfFile: number;
  /** Locks of destinations by their keys, and of files by their identities. */
  readonly #paths = new KeyedLock();
  readonly #files = new KeyedLock();
  readonly #turns = new Turns();

  constructor(
    from: FileSystem,
    to: FileSystem,
    options: TransferOptions,
    { observer, open }: { observer: Observer; open: OpenEntries },
  ) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#observer = observer;
    this.#open = open;
    // A block is in flight twice: to be read, and then to be written.
    this.#blocksAtOnce = Math.max(
      1,
      from.concurrency.blocks + to.concurrency.blocks,
    );
    this.#blocksOfFile = Math.max(1, blocksOfFile(from) + blocksOfFile(to));
    this.#blocks = new BufferPool(
      this.#blocksAtOnce,
      Math.min(from.concurrency.blockBytes, to.concurrency.blockBytes),
    );
  }

  /**
   * Copies a file.
   *
   * @throws {EntryError} If something failed: the target holds a beginning.
   * @throws {ProtocolError} If a server broke its protocol; the same.
   * @throws {SessionError} If the connection is lost; the same.
   */
  async copy(source: FoundEntry, destination: Destination): Promise<void> {
    using claim = await this.#acquire(destination);
    const { replaced } = claim;
    if (replaced !== undefined) {
      await checkDifferent(
        { files: this.#from, ...source },
        { files: this.#to, path: destination.path, attributes: replaced },
      );
    }
    for (let isCopied = false; !isCopied;) {
      isCopied = await this.#open.use((opened) =>
        this.#copyOpen(source, { path: destination.path, replaced, opened })
      ).then(() => true, (error) => {
        // The copy begins again over a connection that is left.
        if (error instanceof LostFileError) return false;
        throw error;
      });
    }
  }

  /** @param opened Called when both files are open. */
  async #copyOpen(
    source: FoundEntry,
    { path, replaced, opened }: {
      path: string;
      replaced: Attributes | undefined;
      opened: () => void;
    },
  ): Promise<void> {
    using input = await this.#from.openToRead(source.path);
    const { size, mode } = source.attributes;
    const entry = { path, mode, replaced };
    const { store } = this.#options;
    // Where a copy breaks off, a file that was spread has holes.
    using spread = this.#maySpread(size)
      ? await ReplacedFile.open(this.#to, entry, store)
      : undefined;
    using stored = spread ?? await StoredFile.open(this.#to, entry, store);
    opened();
    if (spread !== undefined) {
      const { interrupted } = this.#options;
      input.spread?.(interrupted);
      spread.file.spread?.(interrupted);
    }
    const atOnce = spread === undefined
      ? this.#blocksOfFile
      : this.#blocksAtOnce;
    await stored.prepare(size);
    const { namedBy, isWatched } = this.#options;
    const progress = startFile(this.#observer, {
      name: this.#from.nameOf(source.path),
      path: namedBy === "source" ? source.path : path,
      size,
      isWatched,
    });
    const file = { source, replaced, progress, atOnce };
    await untilSettled(progress, () => this.#fill(stored, input, file));
  }

  /** Tells a file that several connections may carry. */
  #maySpread(size: number): boolean {
    return size >= SPREAD_BYTES && this.#blocksOfFile < this.#blocksAtOnce &&
      this.#from !== this.#to;
  }

  /**
   * Waits until nothing else is copied to a destination, by its own path or by
   * another one. The second lock's holder never waits for the first one, whatever
   * a server says of its links: there is no deadlock.
   */
  async #acquire(
    destination: Destination,
  ): Promise<AcquiredDestination> {
    const { key, place } = destination;
    using claimed = new DisposableStack();
    const own = claimed.use(await this.#paths.acquire(key));
    const replaced = await findThere(this.#to, destination, {
      isStale: own.hasWaited,
    });
    if (isKnown(replaced) && place?.isCollision) {
      await place.among.check(place.name);
    }
    const { identity } = replaced ?? {};
    claimed.use(
      await this.#files.acquire(identity === undefined ? key : keyOf(identity)),
    );
    const claims = claimed.move();
    return { replaced, [Symbol.dispose]: () => claims.dispose() };
  }

  /** Fills a file; a second time where a server did not truncate the old one. */
  async #fill(
    stored: ReceivedFile,
    input: OpenFile,
    file: FileToFill,
  ): Promise<void> {
    const { preserve } = this.#options.store;
    const times = preserve ? file.source.attributes : undefined;
    if (await this.#fillAtOnce(stored, input, file, times)) return;
    let flaw = await stored.finish(
      await this.#send(stored, input, file),
      times,
    );
    if (flaw instanceof NotCutError && stored.empty !== undefined) {
      await stored.empty();
      const again = { ...file, progress: UNWATCHED };
      flaw = await stored.finish(
        await this.#send(stored, input, again),
        times,
      );
    }
    if (flaw !== undefined) throw flaw;
  }

  /**
   * Fills a new file on a server from one block, and closes it in the same flight.
   *
   * @returns False where the file is none of those: nothing was sent.
   */
  async #fillAtOnce(
    stored: ReceivedFile,
    input: OpenFile,
    { source: { attributes: { size } }, replaced, progress }: FileToFill,
    times: Times | undefined,
  ): Promise<boolean> {
    const blocks = this.#blocks;
    const isOneBlock = size > 0 && size < blocks.wholeBytes;
    if (
      !isOneBlock || replaced !== undefined || !stored.file.keepsOrder ||
      stored.finishWith === undefined
    ) return false;
    using block = await blocks.acquire(size + 1);
    if (this.#options.interrupted.aborted) return false;
    // Whatever cannot be read in one go is left to those who report it.
    const count = await input.read(block.bytes, 0).catch(asEntryError);
    if (count !== size) return false;
    const outcome = await stored.finishWith(
      block.bytes.subarray(0, size),
      times,
    );
    if (outcome.failure !== undefined) {
      throw this.#cutShort(stored.path, size, {
        size: 0,
        failure: outcome.failure,
        left: undefined,
      });
    }
    progress.moved(size);
    if (outcome.flaw !== undefined) throw outcome.flaw;
    return true;
  }

  /**
   * Sends the content of a file.
   *
   * @returns Its length, in bytes.
   * @throws What failed; then the target was cut to what arrived.
   */
  async #send(
    stored: ReceivedFile,
    input: OpenFile,
    file: FileToFill,
  ): Promise<number> {
    const { source } = file;
    const { attributes } = source;
    const copied = await this.#copyContent(stored, input, file);
    const { size, failure } = copied;
    const flaw = failure === undefined && size < attributes.size
      ? await checkWhole(input, size, { ...source, label: this.#from.label })
      : undefined;
    if (failure !== undefined || flaw !== undefined) {
      const left = await stored.abandon(size);
      throw flaw ?? this.#cutShort(stored.path, attributes.size, {
        ...copied,
        left,
      });
    }
    if (size < attributes.size) await stored.cut(size);
    return size;
  }

  /** Copies the content, on the server itself where that can do it. */
  async #copyContent(
    stored: ReceivedFile,
    input: OpenFile,
    { source, replaced, progress, atOnce }: FileToFill,
  ): Promise<CopiedContent> {
    const options = {
      expected: source.attributes.size,
      blocks: this.#blocks,
      // A FIFO or a device takes one block after the other.
      atOnce: replaced?.kind === "other" ? 1 : atOnce,
      moved: (bytes: number) => progress.moved(bytes),
      checkpoint: () => this.#checkpoint(),
    };
    const canStay = this.#from === this.#to && replaced === undefined &&
      this.#to.copyRange !== undefined;
    if (canStay) {
      const copied = await copyRanges(
        (at, length) => this.#to.copyRange!(input, stored.file, at, length),
        options,
      );
      const { aborted } = this.#options.interrupted;
      const isRefused = copied.size === 0 && !aborted &&
        copied.failure instanceof EntryError;
      if (!isRefused) return copied;
    }
    return await copyContent(input, stored.file, options);
  }

  /** Lets signals in: files that never wait would keep them out. */
  async #checkpoint(): Promise<void> {
    if (this.#turns.areDue) await this.#turns.give();
    this.#options.interrupted.throwIfAborted();
  }

  #cutShort(
    target: string,
    expected: number,
    { size, failure, left }: CopiedContent & { left: string | undefined },
  ): unknown {
    const rest = left === undefined ? "" : `; ${left} is left`;
    if (failure instanceof SessionError) {
      return new SessionError(
        `${failure.message} after ${size} of ${expected} bytes${rest}`,
        { cause: failure },
      );
    }
    const { aborted, reason } = this.#options.interrupted;
    return aborted && failure === reason
      ? new EntryError(
        `${this.#to.label}${target}: interrupted after ${size} bytes${rest}`,
      )
      : failure;
  }
}

function blocksOfFile({ concurrency }: FileSystem): number {
  return concurrency.blocksOfFile ?? concurrency.blocks;
}
