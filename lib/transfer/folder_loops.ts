/** Folders that lead back to themselves, by links or by what is copied where. */

import { EntryError } from "../errors.ts";
import type { Attributes, Files } from "../files/files.ts";
import { checkLoop, type OpenFolder } from "../files/open_folder.ts";

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
  let below: string | undefined;
  for (let folder = path;; folder = files.join(folder, "..")) {
    const identity = await files.identify(folder);
    if (identity === undefined || identity === below) return;
    if (identity === outer.identity) {
      throw new EntryError(
        `${files.label}${outer.path}: cannot copy a directory into itself`,
      );
    }
    below = identity;
  }
}
