import { Turns } from "../channel/turns.ts";
import { EntryError, NotCutError, SessionError } from "../errors.ts";
import type { Proof } from "../events/copy_event.ts";
import { type FileProgress, UNWATCHED } from "../events/file_progress.ts";
import {
  type Attributes,
  type FileSystem,
  isSamePlace,
  type OpenFile,
  type Times,
} from "../filesystem/file_system.ts";
import type { LeftListener } from "../filesystem/replaced_file.ts";
import type { FileCheck, ReceivedFile } from "../filesystem/store.ts";
import { BufferPool } from "./buffer_pool.ts";
import { type CopiedContent, copyContent } from "./content.ts";
import { cutShort } from "./cut_short.ts";
import type { FoundEntry } from "./destination.ts";
import type { Verification } from "./file_verifier.ts";
import { timesOf, type TransferOptions } from "./options.ts";
import { copyRanges } from "./ranges.ts";
import { checkWhole } from "./whole_source.ts";

/** Length from which on what a try has left is worth a look at it, in bytes. */
export const WORTH_BYTES = 64 * 1024;

/** File that is to be filled. */
export interface FileToFill {
  readonly source: FoundEntry;
  /** Entry that was there. */
  readonly replaced: Attributes | undefined;
  readonly progress: FileProgress;
  /** True where all connections carry it. */
  readonly isSpread: boolean;
  /** Byte to begin at: those before it are there. */
  readonly start: number;
  /** Verification of the file; absent where there is none. */
  readonly verification: Verification | undefined;
}

/** Copier of the content of open files, any number of them at once. */
export class FileFiller {
  readonly #from: FileSystem;
  readonly #to: FileSystem;
  readonly #options: TransferOptions;
  readonly #noteLeft: LeftListener;
  readonly #blocks: BufferPool;
  readonly #blocksAtOnce: number;
  readonly #blocksOfFile: number;
  readonly #turns = new Turns();

  constructor(
    from: FileSystem,
    to: FileSystem,
    options: TransferOptions,
    noteLeft: LeftListener,
  ) {
    this.#noteLeft = noteLeft;
    this.#from = from;
    this.#to = to;
    this.#options = options;
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

  /** True where several connections can carry one file. */
  get canSpread(): boolean {
    return this.#blocksOfFile < this.#blocksAtOnce &&
      !isSamePlace(this.#from, this.#to);
  }

  /**
   * Fills a file and finishes it; a second time where a server did not truncate the
   * old one.
   *
   * @returns The proof that it arrived as it was sent, where that is asked for.
   * @throws {EntryError} If something failed: the target holds a beginning, or what
   * was verified in vain.
   * @throws {ProtocolError} If a server broke its protocol; the same.
   * @throws {SessionError} If the connection is lost; the same.
   */
  async fill(
    stored: ReceivedFile,
    input: OpenFile,
    file: FileToFill,
  ): Promise<Proof | undefined> {
    const times = timesOf(file.source, this.#options);
    const { verification } = file;
    let flaw = await this.#sendAndFinish(stored, input, file, times);
    if (flaw instanceof NotCutError && stored.empty !== undefined) {
      await stored.empty();
      const again = { ...file, progress: UNWATCHED, start: 0 };
      flaw = await this.#sendAndFinish(stored, input, again, times);
    }
    if (flaw !== undefined) throw flaw;
    return verification?.proof;
  }

  /** Sends the content and finishes the file; gives the first failure to finish it. */
  async #sendAndFinish(
    stored: ReceivedFile,
    input: OpenFile,
    file: FileToFill,
    times: Times | undefined,
  ): Promise<EntryError | undefined> {
    const size = await this.#send(stored, input, file);
    const { verification, progress } = file;
    const check: FileCheck | undefined = verification && ((path) => {
      progress.verifying();
      const hash = input.hashOfPassed?.(size) ??
        stored.file.hashOfPassed?.(size);
      // What is read back is opened once more, which a server may refuse meanwhile.
      input[Symbol.dispose]();
      return verification.check(path, { size, target: stored.path, hash });
    });
    return await stored.finish(size, times, check);
  }

  /**
   * Finishes a file that a dry run opened, as if it had its content.
   *
   * @throws {EntryError} If something failed.
   */
  async plan(stored: ReceivedFile, source: FoundEntry): Promise<void> {
    const { size } = source.attributes;
    await stored.cut(size);
    const flaw = await stored.finish(size, timesOf(source, this.#options));
    if (flaw !== undefined) throw flaw;
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
      const left = await this.#leave(stored, source, copied);
      throw cutShort(this.#to.label + stored.path, {
        expected: attributes.size,
        size,
        failure: flaw ?? failure,
        left,
        interrupted: this.#options.interrupted,
      });
    }
    if (size < attributes.size) await stored.cut(size);
    return size;
  }

  /**
   * Leaves a file that did not arrive whole: removed or cut, or to the next try.
   *
   * @returns Path of a temporary file that stays where nobody can remove it.
   */
  async #leave(
    stored: ReceivedFile,
    source: FoundEntry,
    { size, failure }: CopiedContent,
  ): Promise<string | undefined> {
    const { memory, interrupted, namedBy } = this.#options;
    const mayGoOn = failure instanceof SessionError && !interrupted.aborted &&
      size >= WORTH_BYTES;
    if (memory !== undefined && stored.suspend !== undefined && mayGoOn) {
      const suspended = stored.suspend();
      const { temporary, path } = suspended;
      memory.noteSuspended(
        { source: source.path, target: path },
        { suspended, written: size, source },
      );
      // Here the end of the copy removes it.
      return namedBy === "target" ? undefined : temporary;
    }
    const left = await stored.abandon(size);
    if (left !== undefined) this.#noteLeft(left);
    return left;
  }

  /** Copies the content, on the server itself where that can do it. */
  async #copyContent(
    stored: ReceivedFile,
    input: OpenFile,
    { source, replaced, progress, isSpread, start }: FileToFill,
  ): Promise<CopiedContent> {
    const isDevice = replaced?.kind === "other";
    const options = {
      expected: source.attributes.size,
      start,
      blocks: this.#blocks,
      // A FIFO or a device takes one block after the other, and cannot be cut.
      mayPad: !isDevice,
      atOnce: isDevice ? 1 : isSpread ? this.#blocksAtOnce : this.#blocksOfFile,
      moved: (bytes: number) => progress.moved(bytes),
      checkpoint: (isEnd: boolean) => this.#checkpoint(isEnd),
    };
    const canStay = isSamePlace(this.#from, this.#to) &&
      replaced === undefined &&
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

  /**
   * Lets signals in: files that never wait would keep them out. An interrupt ends no
   * file whose content is there.
   */
  async #checkpoint(isEnd: boolean): Promise<void> {
    if (this.#turns.areDue) await this.#turns.give();
    if (!isEnd) this.#options.interrupted.throwIfAborted();
  }
}

function blocksOfFile({ concurrency }: FileSystem): number {
  return concurrency.blocksOfFile ?? concurrency.blocks;
}
