/** Facts about the paths of a copy, which the choice of a protocol depends on. */

import { EntryError } from "../errors.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import { nameOfPath } from "../disk/local_path.ts";
import { withoutTrailingSlashes } from "../names/names.ts";
import { isWithin } from "../filesystem/directory_loops.ts";

/** Directories of Linux whose files have no length before they are read. */
const LENGTHLESS = /^\/+(?:proc|sys)(?:\/|$)/;

/** Tells whether a path leads to files that have no length before they are read. */
export function isLengthless(path: string): boolean {
  return LENGTHLESS.test(path);
}

/** Places of Linux that have a link to such a file: /etc/mtab, and what holds it. */
const HOLDS_LENGTHLESS = /^\/+(?:etc(?:\/+(?:\.|mtab|[^/]*[*?[][^/]*)?)?\/*)?$/;

/** Tells whether what a path names is such a file, or has links to some. */
export function holdsLengthless(path: string): boolean {
  return isLengthless(path) || HOLDS_LENGTHLESS.test(path);
}

/** Tells whether a path is another one or below it, by their texts. */
export function isInside(path: string, outer: string): boolean {
  const rest = path.slice(outer.length);
  return path.startsWith(outer) &&
    (rest === "" || rest.startsWith("/") || outer.endsWith("/"));
}

/**
 * Tells whether a local target lies in the directory that a remote path names,
 * if the host is this machine.
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
    // A missing target would be made in its parent.
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
