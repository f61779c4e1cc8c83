import type { ContentOptions, CopiedContent } from "./content.ts";

/** How much is copied at a time, in bytes: what passes between two looks. */
const RANGE_BYTES = 64 * 1024 * 1024;

/**
 * Has a place copy all that is in a file itself, to one that is new.
 *
 * @param copy Copies `length` bytes from the byte `at` on, or all that there is.
 * @returns At the end, the size that was expected: nobody tells another one.
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
      await checkpoint();
    }
    await copy(size, "all");
    moved(expected - size);
    return { size: expected };
  } catch (failure) {
    return { size, failure };
  }
}
