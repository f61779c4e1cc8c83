import { ByteBuffer } from "../channel/line.ts";
import { asEntryError, EntryError } from "../errors.ts";
import type { OpenFile } from "../filesystem/file_system.ts";

/**
 * Longest file that is read before it is announced, in bytes. Files of /proc and
 * /sys give a size that is not their length, and never more than a page of memory.
 */
export const SMALL_BYTES = 64 * 1024;

/** Longest body of a file of size 0 whose length only reading tells, in bytes. */
export const MAX_UNTOLD_BYTES = 16 * 1024 * 1024;

/** Reader of bodies that are read whole before their records are sent. */
export class SmallBodies {
  #room = new Uint8Array();

  /**
   * Reads all that is in a file, whatever its size says. The bytes are valid
   * until the next file is read.
   *
   * @param size Size of the file as its attributes give it, in bytes.
   * @param limit Longest ordinary file that is read, in bytes.
   * @returns `undefined` if the file is longer, or cannot be read.
   * @throws {EntryError} If its size is 0, and it cannot be read or is longer
   * than 16 MiB.
   */
  async read(
    file: OpenFile,
    { path, size, limit }: { path: string; size: number; limit: number },
  ): Promise<Uint8Array | undefined> {
    if (size > limit) return undefined;
    const isTold = size > 0;
    // One byte more than the size shows that there are no more. A file of /proc
    // may give nothing to a second read.
    const room = this.#roomFor(isTold ? size + 1 : SMALL_BYTES);
    const count = await filled(file, room, size).catch(asEntryError);
    if (count instanceof EntryError) {
      if (isTold) return undefined;
      throw count;
    }
    if (count < room.length) return room.subarray(0, count);
    return isTold && size > SMALL_BYTES
      ? undefined
      : await readOn(file, path, room);
  }

  #roomFor(bytes: number): Uint8Array {
    if (this.#room.length < bytes) {
      this.#room = new Uint8Array(Math.max(bytes, 2 * this.#room.length));
    }
    return this.#room.subarray(0, bytes);
  }
}

/** Fills a buffer from a file's start; a read that ends there is the last. */
async function filled(
  file: OpenFile,
  room: Uint8Array,
  end: number,
): Promise<number> {
  let count = 0;
  while (count < room.length) {
    const got = await file.read(room.subarray(count), count);
    count += got;
    if (got === 0 || count === end) break;
  }
  return count;
}

/** Reads the rest of a file behind what has been read. */
async function readOn(
  file: OpenFile,
  path: string,
  start: Uint8Array,
): Promise<Uint8Array> {
  const all = new ByteBuffer(start);
  const part = new Uint8Array(SMALL_BYTES);
  for (;;) {
    const count = await file.read(part, all.bytes.length);
    if (count === 0) return all.bytes;
    all.add(part.subarray(0, count));
    if (all.bytes.length > MAX_UNTOLD_BYTES) {
      throw new EntryError(
        `${path}: it does not tell its length, and is longer than ` +
          `${MAX_UNTOLD_BYTES} bytes`,
      );
    }
  }
}
