/** Directories that lead back to themselves, by links or by what is copied where. */

import { EntryError } from "../errors.ts";
import type { Attributes, FileSystem } from "./file_system.ts";
import { checkLoop, type OpenDirectory } from "./open_directory.ts";

/** A directory that is being copied, and how many it is in. */
export interface CopiedDirectory extends OpenDirectory {
  readonly depth: number;
}

/** How deep directories may be in each other, whatever a server makes up. */
const MAX_DEPTH = 1000;

/**
 * Opens a directory that is in another one, or in none.
 *
 * @throws {EntryError} If a link led back to one that it is in.
 */
export async function openDirectory(
  files: FileSystem,
  { path, attributes, above }: {
    path: string;
    attributes: Attributes;
    above: CopiedDirectory | undefined;
  },
): Promise<CopiedDirectory> {
  const identity = attributes.identity ?? await files.identify(path);
  const depth = (above?.depth ?? 0) + 1;
  if (depth > MAX_DEPTH) {
    throw new EntryError(
      `${files.label}${path}: directories are more than ${MAX_DEPTH} deep`,
    );
  }
  const directory = { path, identity, depth, above };
  checkLoop(directory, files.label);
  return directory;
}

/** @throws {EntryError} If `path` is in the directory `outer`, at any depth. */
export async function checkOutside(
  files: FileSystem,
  path: string,
  outer: OpenDirectory,
): Promise<void> {
  if (!await isWithin(files, path, outer.identity)) return;
  throw new EntryError(
    `${files.label}${outer.path}: cannot copy a directory into itself`,
  );
}

/**
 * Tells a directory that is another one, or lies in it at any depth.
 *
 * @param identity Identifies the other one; `undefined` where nothing does.
 */
export async function isWithin(
  files: FileSystem,
  path: string,
  identity: string | undefined,
): Promise<boolean> {
  let below: string | undefined;
  for (let directory = path;; directory = files.join(directory, "..")) {
    const it = await files.identify(directory);
    if (it === undefined || it === below) return false;
    if (it === identity) return true;
    below = it;
  }
}
