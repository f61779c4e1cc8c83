import { ByteBuffer } from "../channel/line.ts";
import { asEntryError, EntryError } from "../errors.ts";
import type { OpenFile } from "../filesystem/file_system.ts";

/**
 * Files up to this many bytes are read before they are announced, in bytes: no
 * file of /proc or /sys says that it is longer than a page of memory, and what
 * they say is no length.
 */
export const SMALL_BYTES = 64 * 1024;

/** Longest file whose length nothing tells but reading it, in bytes. */
export const MAX_UNTOLD_BYTES = 16 * 1024 * 1024;

/** Bodies that are read whole before their records tell how long they are. */
export class SmallBodies {
  #room = new Uint8Array();

  /**
   * Reads all that is in a file, whatever length it says it has. What it gives
   * is valid until the next is read.
   *
   * @param size What the file says, in bytes.
   * @param limit Bytes that an ordinary file may have.
   * @returns `undefined` if it is longer, or cannot be read as it says.
   * @throws {EntryError} If only reading it tells its length, and it cannot be
   * read or is longer than 16 MiB.
   */
  async read(
    file: OpenFile,
    { path, size, limit }: { path: string; size: number; limit: number },
  ): Promise<Uint8Array | undefined> {
    if (size > limit) return undefined;
    const isTold = size > 0;
    // One byte more than there should be shows that there are no more. What does
    // not tell its length may give nothing to a second read.
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
