import type { ContentOptions, CopiedContent } from "./content.ts";

/** Length of a range, in bytes: signals wait while one is copied. */
const RANGE_BYTES = 64 * 1024 * 1024;

/**
 * Has a file system copy the content of a file to a new one by itself.
 *
 * @param copy Copies `length` bytes from the byte `at` on, or all to the end.
 * @returns At the end the expected size, as nothing tells the real one.
 */
export async function copyRanges(
  copy: (at: number, length: number | "all") => Promise<void>,
  { expected, moved, checkpoint }: Pick<
    ContentOptions,
    "expected" | "moved" | "checkpoint"
  >,
): Promise<CopiedContent> {
  let size = 0;
  try {
    while (expected - size > RANGE_BYTES) {
      await copy(size, RANGE_BYTES);
      size += RANGE_BYTES;
      moved(RANGE_BYTES);
      await checkpoint(false);
    }
    await copy(size, "all");
    moved(expected - size);
    return { size: expected };
  } catch (failure) {
    return { size, failure };
  }
}
