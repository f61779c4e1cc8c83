import { EntryError } from "../errors.ts";
import type { OpenFile } from "../filesystem/file_system.ts";
import { QuietFile } from "../filesystem/quiet_file.ts";
import type { BufferPool, PooledBuffer } from "./buffer_pool.ts";

export interface ContentOptions {
  /** Length that the file is said to have, in bytes. */
  readonly expected: number;
  /** Byte to begin at: those before it are there. */
  readonly start: number;
  readonly blocks: BufferPool;
  /** The most blocks of this file that are in flight at once. */
  readonly atOnce: number;
  /** True where zeros behind the end do no harm, as the other file is cut. */
  readonly mayPad: boolean;
  /** Called with each number of bytes that moved. */
  moved(bytes: number): void;
  /**
   * Called after each block; what it throws ends the copy.
   *
   * @param isEnd True where no other block follows.
   */
  checkpoint(isEnd: boolean): Promise<void>;
}

/** Result of copying a file's content. */
export interface CopiedContent {
  /** Bytes that were copied; where something failed, those before it. */
  readonly size: number;
  /** The first thing that failed, seen from the file's start. */
  readonly failure?: unknown;
}

/** Length of a read beyond the expected end, in bytes. */
const UNEXPECTED_BYTES = 16 * 1024;

/** Least share of a whole block that is worth sending from the file itself. */
const UNSEEN_SHARE = 1 / 4;

/**
 * Copies the content of an open file to another, in blocks, several at once and
 * in any order. The copy ends where the file does, whatever length was expected.
 * Past the size that is returned, the other file may hold anything.
 */
export async function copyContent(
  from: OpenFile,
  to: OpenFile,
  options: ContentOptions,
): Promise<CopiedContent> {
  return await new ContentCopy(from, to, options).run();
}

class ContentCopy {
  readonly #from: OpenFile;
  readonly #to: OpenFile;
  readonly #options: ContentOptions;
  /** Start of the next block, in bytes. */
  #next: number;
  /** Last permitted block start; one past the end, to detect growth. */
  #limit: number;
  /** End of the file, once a read has found it. */
  #end = Infinity;
  /** The source as a quiet file; absent where its blocks have to be read. */
  #quiet: QuietFile | undefined;
  #failed: { readonly at: number; readonly error: unknown } | undefined;

  constructor(from: OpenFile, to: OpenFile, options: ContentOptions) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#limit = options.expected;
    this.#next = options.start;
  }

  async run(): Promise<CopiedContent> {
    const { expected, start, blocks, atOnce, mayPad } = this.#options;
    const from = this.#from;
    if (mayPad && from.descriptor !== undefined && this.#to.writeFrom) {
      this.#quiet = await QuietFile.of(from);
    }
    const needed =
      Math.floor(Math.max(0, expected - start) / blocks.wholeBytes) + 1;
    const workers = { length: Math.min(atOnce, needed) };
    await Promise.all(Array.from(workers, () => this.#copyBlocks()));
    if (this.#failed === undefined) return { size: this.#end };
    const { at, error } = this.#failed;
    return { size: Math.min(at, this.#end), failure: error };
  }

  async #copyBlocks(): Promise<void> {
    while (this.#hasMore) {
      const at = this.#next;
      const length = this.#lengthAt(at);
      this.#next += length;
      let done = at;
      try {
        using block = await this.#options.blocks.acquire(length);
        if (this.#failed !== undefined || at > this.#end) return;
        done += await this.#copyBlock(block, at);
        await this.#options.checkpoint(!this.#hasMore);
      } catch (error) {
        this.#fail(done, error);
      }
    }
  }

  /** Gives the length of a block: a byte past the expected end detects growth. */
  #lengthAt(at: number): number {
    const { expected, blocks: { wholeBytes } } = this.#options;
    const unseen = Math.min(wholeBytes, expected - at);
    if (this.#isUnseen(at, unseen)) return unseen;
    const due = at < expected ? expected - at + 1 : UNEXPECTED_BYTES;
    return Math.min(wholeBytes, due);
  }

  /** True where the bytes of a block go from one file to the other by themselves. */
  #isUnseen(at: number, length: number): boolean {
    const { expected, blocks } = this.#options;
    return this.#quiet !== undefined && at + length <= expected &&
      length >= blocks.wholeBytes * UNSEEN_SHARE;
  }

  /** @param at Start of the part that failed. */
  #fail(at: number, error: unknown): void {
    if (!(error instanceof EntryError)) this.#options.blocks.end(error);
    if (at < (this.#failed?.at ?? Infinity)) this.#failed = { at, error };
  }

  get #hasMore(): boolean {
    return this.#failed === undefined && this.#next <= this.#limit &&
      this.#next < this.#end;
  }

  /** Copies a block; gives the number of bytes. */
  async #copyBlock(block: PooledBuffer, at: number): Promise<number> {
    const unseen = this.#isUnseen(at, block.length)
      ? await this.#copyUnseen(at, block.length)
      : undefined;
    const count = unseen ?? await this.#read(block, at);
    if (count < block.length) this.#end = Math.min(this.#end, at + count);
    else this.#limit = Math.max(this.#limit, at + count);
    if (count === 0) return 0;
    if (unseen === undefined && !this.#isStraight) {
      await this.#to.write(block.bytes.subarray(0, count), at);
    }
    this.#options.moved(count);
    return count;
  }

  /**
   * Has a block go from one file to the other by itself; gives the number of bytes, and
   * `undefined` where it has to be copied again, as the file changed meanwhile.
   */
  async #copyUnseen(at: number, length: number): Promise<number | undefined> {
    const count = await this.#to.writeFrom!(this.#from, at, length);
    if (await this.#quiet?.isUnchanged()) return count;
    this.#quiet = undefined;
    return undefined;
  }

  /** True where each part is written before the next one is read. */
  get #isStraight(): boolean {
    return this.#from.readTo !== undefined && this.#to.writesAtOnce === true;
  }

  /** Reads a block; gives the number of bytes, less only at the end. */
  async #read(block: PooledBuffer, at: number): Promise<number> {
    const { expected } = this.#options;
    let count = 0;
    while (count < block.length) {
      const left = block.length - count;
      const due = expected - at - count;
      const got = this.#isStraight
        ? await this.#from.readTo!(this.#to, at + count, left)
        : await this.#from.read(block.bytes.subarray(count), at + count);
      count += got;
      // What ends where it should is not asked for more: one byte more was.
      if (got === 0 || (got === due && got < left)) break;
    }
    return count;
  }
}
