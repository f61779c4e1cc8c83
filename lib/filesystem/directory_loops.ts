/** Directories that lead back to themselves, by links or by what is copied where. */

import { EntryError } from "../errors.ts";
import type { Attributes, FileSystem } from "./file_system.ts";

/** A directory that is being copied, and those it is in: links may lead to them. */
export interface OpenDirectory {
  readonly path: string;
  /** As in `Attributes`; `undefined` where nothing tells. */
  readonly identity: string | undefined;
  readonly above: OpenDirectory | undefined;
}

/**
 * Checks that no link led back to a directory that is being copied.
 *
 * @param label Text that messages put before the path.
 * @throws {EntryError} If one did.
 */
export function checkLoop(
  { path, identity, above }: OpenDirectory,
  label = "",
): void {
  if (identity === undefined) return;
  for (
    let directory = above;
    directory !== undefined;
    directory = directory.above
  ) {
    if (directory.identity === identity) {
      throw new EntryError(
        `${label}${path}: Too many levels of symbolic links: ` +
          `it is ${directory.path} again`,
      );
    }
  }
}

/** A directory that is being copied, and its depth: 1 in no other one. */
export interface CopiedDirectory extends OpenDirectory {
  readonly depth: number;
}

/** Most directories in each other, whatever a server makes up. */
const MAX_DEPTH = 1000;

/**
 * Enters a directory that is in another one, or in none.
 *
 * @throws {EntryError} If a link led back to one that it is in, or it is too deep.
 */
export async function openDirectory(
  files: FileSystem,
  { path, attributes, isNoLink, above }: {
    path: string;
    attributes: Attributes;
    /** True where a listing has told that it is no link. */
    isNoLink?: boolean | undefined;
    above: CopiedDirectory | undefined;
  },
): Promise<CopiedDirectory> {
  const identity = attributes.identity ??
    (isNoLink ? identityInside(files, path, above?.identity) : undefined) ??
    await files.identify(path);
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

function identityInside(
  files: FileSystem,
  path: string,
  above: string | undefined,
): string | undefined {
  if (above === undefined) return undefined;
  return files.identifyInside?.(above, files.nameOf(path));
}

/**
 * Checks that a path does not lead into a directory, at any depth.
 *
 * @throws {EntryError} If it does.
 */
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
 * @param identity Identity of the other one; `undefined` where it has none.
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
