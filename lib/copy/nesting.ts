/** Targets that may lie in what is copied into them, where a host is this one. */

import { EntryError } from "../errors.ts";
import type { Files } from "../files/files.ts";
import { isWithin } from "../transfer/folder_loops.ts";

/** Tells whether a path is another one or below it, by their texts. */
export function isInside(path: string, outer: string): boolean {
  const rest = path.slice(outer.length);
  return path.startsWith(outer) &&
    (rest === "" || rest.startsWith("/") || outer.endsWith("/"));
}

/**
 * Tells whether a local target lies in the directory that a remote path would
 * name, were the host this one.
 */
export async function mayLieInside(
  files: Files,
  target: string,
  source: string,
): Promise<boolean> {
  if (!source.startsWith("/")) return false;
  try {
    const outer = await files.find(source);
    return outer?.kind === "folder" &&
      await isWithin(files, target, outer.identity);
  } catch (error) {
    if (error instanceof EntryError) return false;
    throw error;
  }
}
