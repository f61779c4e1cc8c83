import { LostFileError } from "../errors.ts";
import type { DirectoryEntry, Listing } from "../filesystem/file_system.ts";

/**
 * Gives the entries of a directory, which is opened again where its connection is
 * lost and others are left.
 *
 * @param open Opens the directory.
 */
export async function reopenedListing(
  open: () => Promise<Listing>,
): Promise<Listing> {
  let listing = await open();
  const seen = new Set<string>();
  async function* entries(): AsyncIterator<DirectoryEntry> {
    for (;;) {
      try {
        for await (const entry of listing) {
          if (seen.has(entry.name)) continue;
          seen.add(entry.name);
          yield entry;
        }
        return;
      } catch (error) {
        if (!(error instanceof LostFileError)) throw error;
      }
      listing = await open();
    }
  }
  return {
    [Symbol.asyncIterator]: entries,
    [Symbol.dispose]: () => listing[Symbol.dispose](),
  };
}
