import { EntryError } from "../errors.ts";

/** A folder that is being copied, and those it is in: what links may lead to. */
export interface OpenFolder {
  readonly path: string;
  /** `undefined` where nothing tells. */
  readonly identity: string | undefined;
  readonly above: OpenFolder | undefined;
}

/**
 * @param label What messages about the path put before it.
 * @throws {EntryError} If a link led back to a folder that is being copied.
 */
export function checkLoop(
  { path, identity, above }: OpenFolder,
  label = "",
): void {
  if (identity === undefined) return;
  for (let folder = above; folder !== undefined; folder = folder.above) {
    if (folder.identity === identity) {
      throw new EntryError(
        `${label}${path}: Too many levels of symbolic links: ` +
          `it is ${folder.path} again`,
      );
    }
  }
}
