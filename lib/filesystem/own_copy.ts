/**
 * Directories that a copy made itself, below its source: a server may be this very
 * machine, and a target may lie inside the source.
 */

/** Facts by which a copy recognises its own directories. */
export interface CopyStart {
  /** Start of the copy, in milliseconds since 1970 UTC. */
  readonly began: number;
  /** Names that the copy may give to directories at the top of its target. */
  readonly names: ReadonlySet<string>;
}

/** Directory that was found in the source. */
export interface MetDirectory {
  readonly name: string;
  /** As in `Attributes`. */
  readonly born?: number | undefined;
  /** The same. */
  readonly modified: number;
}

/** Precision of times: a kernel's clock ticks 100 times a second. */
const TICK_MILLISECONDS = 10;

/** Precision of times on disks that keep whole seconds, or on FAT every other one. */
const COARSE_MILLISECONDS = 2000;

/**
 * Tells a directory that this copy made from one of its source: it has a name of the
 * target's, and was born after the copy began. It always lies below the top. A disk is
 * taken for one that keeps whole seconds only where two times have no fraction: one has
 * none by chance, once in a thousand where milliseconds are told.
 */
export function isOwnCopy(
  { name, born, modified }: MetDirectory,
  { began, names }: CopyStart,
): boolean {
  if (born === undefined || !names.has(name)) return false;
  const isCoarse = born % 1000 === 0 && modified % 1000 === 0;
  const grain = isCoarse ? COARSE_MILLISECONDS : TICK_MILLISECONDS;
  return born >= began - grain;
}
