import { asEntryError } from "../errors.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import { findQuietly } from "../filesystem/find_quietly.ts";
import type { CopyOptions } from "../options/copy_options.ts";
import { SPREAD_BYTES } from "../tree/target_opener.ts";

/** Most entries that are looked at before a copy begins. */
const MOST_LOOKS = 256;

/**
 * Counts the connections that local sources have work for, `jobs` at most: one a
 * file, and all for a file that is spread or a tree of many entries.
 */
export async function uploadWidth(
  paths: readonly string[],
  files: FileSystem,
  { recursive, jobs }: Pick<CopyOptions, "recursive" | "jobs">,
): Promise<number> {
  if (jobs === 1) return jobs;
  const left = [...paths];
  let count = 0;
  for (let looks = 0; looks < left.length && count < jobs; looks++) {
    if (looks === MOST_LOOKS) return jobs;
    const path = left[looks]!;
    const found = await findQuietly(files, path);
    if (found?.kind === "directory" && recursive) {
      left.push(...await entriesOf(files, path));
    } else if ((found?.size ?? 0) >= SPREAD_BYTES) return jobs;
    else if (found !== undefined) count++;
  }
  return count;
}

/** Gives the paths of some entries of a directory; none where it cannot be read. */
async function entriesOf(
  files: FileSystem,
  directory: string,
): Promise<readonly string[]> {
  const found: string[] = [];
  try {
    using listing = await files.readdir(directory);
    for await (const { name } of listing) {
      found.push(files.join(directory, name));
      if (found.length === MOST_LOOKS) break;
    }
  } catch (error) {
    asEntryError(error);
  }
  return found;
}
