/** Folders that lead back to themselves, by links or by what is copied where. */

import { EntryError } from "../errors.ts";
import type { Attributes, Files } from "./file_system.ts";
import { checkLoop, type OpenFolder } from "./open_directory.ts";

/** A folder that is being copied, and how many it is in. */
export interface CopiedFolder extends OpenFolder {
  readonly depth: number;
}

/** How deep folders may be in each other, whatever a server makes up. */
const MAX_DEPTH = 1000;

/**
 * Opens a folder that is in another one, or in none.
 *
 * @throws {EntryError} If a link led back to one that it is in.
 */
export async function openFolder(
  files: Files,
  { path, attributes, above }: {
    path: string;
    attributes: Attributes;
    above: CopiedFolder | undefined;
  },
): Promise<CopiedFolder> {
  const identity = attributes.identity ?? await files.identify(path);
  const depth = (above?.depth ?? 0) + 1;
  if (depth > MAX_DEPTH) {
    throw new EntryError(
      `${files.label}${path}: folders are more than ${MAX_DEPTH} deep`,
    );
  }
  const folder = { path, identity, depth, above };
  checkLoop(folder, files.label);
  return folder;
}

/** @throws {EntryError} If `path` is in the folder `outer`, at any depth. */
export async function checkOutside(
  files: Files,
  path: string,
  outer: OpenFolder,
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
  files: Files,
  path: string,
  identity: string | undefined,
): Promise<boolean> {
  let below: string | undefined;
  for (let folder = path;; folder = files.join(folder, "..")) {
    const it = await files.identify(folder);
    if (it === undefined || it === below) return false;
    if (it === identity) return true;
    below = it;
  }
}
