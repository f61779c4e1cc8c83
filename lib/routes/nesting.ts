/** Targets that may lie in what is copied into them, where a host is this one. */

import { EntryError } from "../errors.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import { nameOfPath } from "../disk/local_path.ts";
import { withoutTrailingSlashes } from "../names/names.ts";
import { isWithin } from "../filesystem/directory_loops.ts";

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
  files: FileSystem,
  target: string,
  source: string,
): Promise<boolean> {
  if (!source.startsWith("/")) return false;
  try {
    const outer = await files.find(source);
    if (outer?.kind !== "directory") return false;
    const isThere = await files.find(target) !== undefined;
    // What is not there yet would be made in its parent.
    const inner = isThere ? target : parentOf(target);
    return await isWithin(files, inner, outer.identity);
  } catch (error) {
    if (error instanceof EntryError) return false;
    throw error;
  }
}

/** Gives a local path without its last component. */
function parentOf(path: string): string {
  const whole = withoutTrailingSlashes(path);
  return whole.slice(0, whole.length - nameOfPath(whole).length) || ".";
}
