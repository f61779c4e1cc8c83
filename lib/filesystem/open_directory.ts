import { EntryError } from "../errors.ts";

/** A directory that is being copied, and those it is in: what links may lead to. */
export interface OpenDirectory {
  readonly path: string;
  /** `undefined` where nothing tells. */
  readonly identity: string | undefined;
  readonly above: OpenDirectory | undefined;
}

/**
 * @param label What messages about the path put before it.
 * @throws {EntryError} If a link led back to a directory that is being copied.
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
