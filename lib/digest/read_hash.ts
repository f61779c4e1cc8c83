import { Turns } from "../channel/turns.ts";
import { EntryError } from "../errors.ts";
import type { OpenFile } from "../filesystem/file_system.ts";
import { beginHash } from "./hash.ts";

/** Settings of a file that is read to be hashed. */
export interface ReadHashOptions {
  /** Name of the file in messages. */
  readonly path: string;
  /** Length of the beginning that is hashed, in bytes; all if absent. */
  readonly length?: number | undefined;
  /** Length of each read, in bytes. */
  readonly blockBytes: number;
  /** Most reads that are in flight at once. */
  readonly atOnce: number;
}

/**
 * Reads an open file, and gives its SHA-256.
 *
 * @throws {EntryError} If it cannot be read, or is no regular file.
 */
export async function hashByReading(
  file: OpenFile,
  { path, length, blockBytes, atOnce }: ReadHashOptions,
): Promise<string> {
  const { kind, size } = await file.stat();
  if (kind !== "file") throw new EntryError(`${path}: not a regular file`);
  const end = Math.min(size, length ?? size);
  const hash = await beginHash("sha256");
  const reads: Promise<Uint8Array>[] = [];
  let asked = 0;
  const ask = () => {
    while (asked < end && reads.length < atOnce) {
      const due = Math.min(blockBytes, end - asked);
      const read = readBlock(file, { path, at: asked, due });
      // It may fail before its turn comes.
      read.catch(() => {});
      reads.push(read);
      asked += due;
    }
  };
  const turns = new Turns();
  for (ask(); reads.length > 0; ask()) {
    hash.update(await reads.shift()!);
    // Reads that never wait would keep signals out.
    if (turns.areDue) await turns.give();
  }
  return hash.endAsHex();
}

async function readBlock(
  file: OpenFile,
  { path, at, due }: { path: string; at: number; due: number },
): Promise<Uint8Array> {
  const block = new Uint8Array(due);
  for (let done = 0; done < due;) {
    const count = await file.read(block.subarray(done), at + done);
    if (count === 0) {
      throw new EntryError(`${path}: the file shrank while it was read back`);
    }
    done += count;
  }
  return block;
}
