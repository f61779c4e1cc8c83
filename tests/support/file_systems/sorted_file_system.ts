import type { Listing } from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { listingOf, sortedEntries } from "../fixtures/listed_entries.ts";

/** The local disk, with the names in each directory in order. */
export class SortedFileSystem extends LocalFileSystem {
  override async readdir(path: string): Promise<Listing> {
    return listingOf(await sortedEntries(await super.readdir(path)));
  }
}
