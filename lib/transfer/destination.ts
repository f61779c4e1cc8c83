import type { Attributes } from "../files/files.ts";

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
}

/** The same for paths that some disk may take for the same. */
export function keyOf(path: string): string {
  return path.normalize("NFC").toLowerCase();
}
