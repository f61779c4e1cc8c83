import { asEntryError, EntryError } from "../errors.ts";
import type { Attributes, FileSystem } from "./file_system.ts";

/**
 * Finds what is at a path, links followed.
 *
 * @returns `undefined` for nothing, and where it cannot be told: links that loop,
 * a directory that nobody may look into.
 */
export async function findQuietly(
  disk: Pick<FileSystem, "find">,
  path: string,
): Promise<Attributes | undefined> {
  const found = await disk.find(path).catch(asEntryError);
  return found instanceof EntryError ? undefined : found;
}
