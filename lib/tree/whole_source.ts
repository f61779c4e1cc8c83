import { EntryError } from "../errors.ts";
import type { OpenFile } from "../filesystem/file_system.ts";
import type { FoundEntry } from "./destination.ts";

/**
 * Checks a file that ended early. Files as in /sys never had the length that
 * they tell.
 *
 * @returns The failure of a file that shrank while it was read, or cannot be looked
 * at any more.
 */
export async function checkWhole(
  file: OpenFile,
  size: number,
  { path, attributes, label }: FoundEntry & { label: string },
): Promise<unknown> {
  try {
    const { size: sizeNow } = await file.stat();
    if (sizeNow === size) return undefined;
    if (sizeNow === attributes.size) {
      // One that was cut for a moment goes on there now.
      const more = await file.read(new Uint8Array(1), size);
      if (more === 0) return undefined;
    }
  } catch (error) {
    return error;
  }
  return new EntryError(
    `${label}${path}: the file shrank while it was read: ${size} of ` +
      `${attributes.size} bytes were there`,
  );
}
