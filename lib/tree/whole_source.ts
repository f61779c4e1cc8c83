import { EntryError } from "../errors.ts";
import type { OpenFile } from "../filesystem/file_system.ts";
import type { CopiedContent } from "./content.ts";
import type { FoundEntry } from "./destination.ts";

/**
 * Checks a file that ended early, or whose content went unseen. Files as in /sys never
 * had the length that they tell.
 *
 * @returns What was copied that is certain, with the failure of a file that shrank
 * meanwhile or cannot be looked at any more.
 */
export async function checkWhole(
  file: OpenFile,
  copied: CopiedContent,
  { path, attributes, label }: FoundEntry & { label: string },
): Promise<CopiedContent> {
  const { size, failure, isUnseen } = copied;
  const expected = attributes.size;
  if (failure !== undefined || (size >= expected && !isUnseen)) return copied;
  let sizeNow: number;
  try {
    ({ size: sizeNow } = await file.stat());
  } catch (error) {
    return { size, failure: error };
  }
  const isWhole = size < expected
    ? sizeNow === size || sizeNow === expected
    : sizeNow >= expected;
  if (isWhole) return copied;
  // What went unseen from behind its present end may have become zeros on the way.
  const there = isUnseen ? Math.min(size, sizeNow) : size;
  return {
    size: there,
    failure: new EntryError(
      `${label}${path}: the file shrank while it was read: ${there} of ` +
        `${expected} bytes were there`,
    ),
  };
}
