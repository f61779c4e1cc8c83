import type { Attributes } from "../filesystem/file_system.ts";
import type { NameCollisions } from "../filesystem/name_collisions.ts";

/** An entry that was looked at. */
export interface FoundEntry {
  readonly path: string;
  readonly attributes: Attributes;
}

/** Where an entry goes. */
export interface Destination {
  readonly path: string;
  /** Whether something may be there already. */
  readonly mayExist: boolean;
  /** The same for all paths that lead there, as far as is known. */
  readonly key: string;
  /** The entry's place in its directory; absent for the target itself. */
  readonly place?: Place;
}

/** A name among those that the copy puts into one directory. */
export interface Place {
  readonly name: string;
  readonly among: NameCollisions;
  /** True if some disk may take it for a name that came before. */
  readonly isCollision: boolean;
}

/** Tells an entry that is there from one that may be: nothing says more of it. */
export function isKnown(
  found: Attributes | undefined,
): found is Attributes {
  return found !== undefined && found.kind !== "unknown";
}
