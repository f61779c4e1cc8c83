import type { Listing } from "../../lib/filesystem/file_system.ts";
import { LocalFiles } from "../../lib/disk/local_files.ts";
import { listingOf, sortedEntries } from "./listed_entries.ts";

/** The local disk, with the names in each folder in order. */
export class SortedFiles extends LocalFiles {
  override async list(path: string): Promise<Listing> {
    return listingOf(await sortedEntries(await super.list(path)));
  }
}
