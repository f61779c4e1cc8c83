/** Choice between files that are copied and files that are left as they are. */

import { asEntryError, EntryError } from "../errors.ts";
import type { Attributes, FileSystem } from "./file_system.ts";
import { findQuietly } from "./find_quietly.ts";

/** Rules for a file whose target is there. */
export interface ExistingPolicy {
  /** True where nothing that is there is replaced. */
  readonly keepsAll: boolean;
  /**
   * True where a target of the same size and time is taken for the same file, and files
   * get the times of their sources.
   */
  readonly keepsSame: boolean;
  /**
   * Present where a target is taken for the same file if its content is the same,
   * whatever the times.
   */
  readonly comparesContent?: true;
  /** True where a target that is newer than its source is not replaced. */
  readonly keepsNewer: boolean;
}

/** Reason why a file or a link is not copied. */
export type SkipReason =
  | "exists, not replaced"
  | "same size and time"
  | "same content"
  | "the target is newer"
  | "the same link"
  | "the target is no link";

/** Source of a file, as far as a choice depends on it. */
export interface ComparedSource {
  /** In bytes. */
  readonly size: number;
  /** As in `Times`; absent where a peer does not tell. */
  readonly modified: number | undefined;
}

/**
 * Gives the reason why a file is not copied, as far as no content has to be compared;
 * `undefined` where there is none. Times count by whole seconds.
 *
 * @param there Entry at the target; `undefined` where there is none.
 * @param path Name of the target in messages.
 * @throws {EntryError} If it cannot be told which of two files is newer.
 */
export function skipReasonOf(
  { size, modified }: ComparedSource,
  there: Attributes | undefined,
  { keepsAll, keepsSame, keepsNewer, comparesContent, path }:
    & ExistingPolicy
    & { path: string },
): SkipReason | undefined {
  if (there === undefined) return undefined;
  const isKnown = there.kind !== "unknown";
  if (keepsAll && isKnown) return "exists, not replaced";
  if (isKnown && there.kind !== "file") return undefined;
  if (!isKnown || modified === undefined) {
    if (!keepsNewer) return undefined;
    throw new EntryError(`${path}: nobody tells which file is newer`);
  }
  const [ours, theirs] = [modified, there.modified].map(secondOf);
  const bySizeAndTime = keepsSame && !comparesContent;
  if (bySizeAndTime && there.size === size && ours === theirs) {
    return "same size and time";
  }
  return keepsNewer && theirs! > ours! ? "the target is newer" : undefined;
}

/**
 * Gives the reason why a link is not made in place of what is there; `undefined`
 * where it is. Where all is kept nobody need ask: the link is made only where
 * nothing is.
 *
 * @param says Text of the link.
 * @param there Text of the link at the target, or attributes of what is neither a
 * link nor a directory; `undefined` where nothing is there.
 */
export function linkSkipReasonOf(
  says: string,
  there: string | Attributes | undefined,
  { keepsSame, keepsNewer, comparesContent }: ExistingPolicy,
): SkipReason | undefined {
  if (there === undefined) return undefined;
  if (typeof there === "string") {
    return (keepsSame || comparesContent) && there === says
      ? "the same link"
      : undefined;
  }
  // A link has no time to compare.
  return keepsNewer ? "the target is no link" : undefined;
}

function secondOf(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** Tells whether anything is at a path, a link that leads nowhere included. */
export async function isAnythingAt(
  files: Pick<FileSystem, "find" | "readlink">,
  path: string,
): Promise<boolean> {
  if (await findQuietly(files, path) !== undefined) return true;
  return typeof await files.readlink(path).catch(asEntryError) === "string";
}
