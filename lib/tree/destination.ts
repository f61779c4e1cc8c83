import { EntryError } from "../errors.ts";
import type { Attributes, FileSystem } from "../filesystem/file_system.ts";
import type { NameCollisions } from "../filesystem/name_collisions.ts";
import {
  checkStorable,
  isPlainName,
  nameKeyOf,
  type Platform,
} from "../names/names.ts";

/** Entry with its attributes. */
export interface FoundEntry {
  readonly path: string;
  readonly attributes: Attributes;
  /** True where a listing has told that it is no link. */
  readonly isNoLink?: boolean | undefined;
}

/** Paths of an entry, in the source and at the target. */
export interface EntryPaths {
  readonly source: string;
  readonly target: string;
}

/**
 * Outcome of a directory whose making was asked for: it was made, something was there
 * that will do, or it was refused, which is reported, and nothing is in it.
 */
export type MakingOutcome = "made" | "found" | "refused";

/** Destination of an entry. */
export interface Destination {
  readonly path: string;
  /** True where something may be there already. */
  readonly mayExist: boolean;
  /** Result of a look at it, a moment ago; absent where nobody looked. */
  readonly look?: { readonly found: Attributes | undefined };
  /**
   * Outcome of the directory that holds it, where its making was asked for and may
   * have no answer yet; never rejects.
   */
  readonly making?: Promise<MakingOutcome> | undefined;
  /** Key that all known paths of the destination share. */
  readonly key: string;
  /** Number of directories from the target on that it is in; 0 for the target. */
  readonly depth: number;
  /** The entry's place in its directory; absent for the target itself. */
  readonly place?: Place;
}

/** Name among those that the copy puts into one directory. */
export interface Place {
  readonly name: string;
  readonly among: NameCollisions;
  /** True if some disk may take it for a name that came before. */
  readonly isCollision: boolean;
}

/** Directory that holds a destination. */
export interface Holding extends Pick<Destination, "making"> {
  /** True where it holds nothing but earlier entries of the copy. */
  readonly isNew: boolean;
  /** Names of those entries. */
  readonly among: NameCollisions;
}

/**
 * Gives the destination of the next entry in a directory.
 *
 * @throws {EntryError} If the name is not allowed there.
 */
export function destinationInside(
  directory: Destination,
  name: string,
  { files, platform, isNew, making, among }: Holding & {
    files: Pick<FileSystem, "join">;
    platform: Platform;
  },
): Destination {
  if (!isPlainName(name)) {
    throw new EntryError(`error: unexpected filename: ${name}`);
  }
  const path = files.join(directory.path, name);
  checkStorable(name, path, platform);
  const key = nameKeyOf(name);
  const precedence = among.add(name, key);
  return {
    path,
    key: files.join(directory.key, key),
    depth: directory.depth + 1,
    mayExist: !isNew || precedence !== "first",
    making,
    place: { name, among, isCollision: precedence === "other" },
  };
}

/**
 * Finds the entry at a destination, which is not asked for where the copy knows.
 *
 * @param isStale True where something was copied there since the copy knew.
 */
export async function findThere(
  files: Pick<FileSystem, "find">,
  { path, mayExist, look }: Destination,
  { isStale = false } = {},
): Promise<Attributes | undefined> {
  if (look !== undefined && !isStale) return look.found;
  return mayExist || isStale ? await files.find(path) : undefined;
}

/**
 * Throws the error that ended an entry's copy; it counts for nothing where the
 * directory that holds the entry was refused. For a `catch`.
 */
export async function throwUnlessRefused(
  error: unknown,
  { making }: Pick<Destination, "making">,
): Promise<void> {
  if (await making !== "refused") throw error;
}

/** Tells whether an entry is there for sure, and not of the kind "unknown". */
export function isKnown(
  found: Attributes | undefined,
): found is Attributes {
  return found !== undefined && found.kind !== "unknown";
}
