import { asEntryError, EntryError } from "../errors.ts";
import type { Attributes, FileSystem } from "./file_system.ts";

/**
 * Finds the entry at a path, links followed.
 *
 * @returns `undefined` where nothing is there, or nothing can be found out: links
 * that loop, a directory without permission to search it.
 */
export async function findQuietly(
  disk: Pick<FileSystem, "find">,
  path: string,
): Promise<Attributes | undefined> {
  const found = await disk.find(path).catch(asEntryError);
  return found instanceof EntryError ? undefined : found;
}
