import type {
  DirectoryEntry,
  Listing,
} from "../../lib/filesystem/file_system.ts";

/** A listing of these entries, in their order. */
export function listingOf(
  entries: Iterable<DirectoryEntry> | AsyncIterable<DirectoryEntry>,
): Listing {
  return {
    [Symbol.asyncIterator]: () => inOrder(entries),
    [Symbol.dispose]: () => {
      // Nothing is open.
    },
  };
}

async function* inOrder(
  entries: Iterable<DirectoryEntry> | AsyncIterable<DirectoryEntry>,
): AsyncIterator<DirectoryEntry> {
  yield* entries;
}

/** All that is listed, by name. */
export async function sortedEntries(
  listing: Listing,
): Promise<DirectoryEntry[]> {
  const entries = await Array.fromAsync(listing);
  return entries.toSorted((a, b) => a.name < b.name ? -1 : 1);
}
