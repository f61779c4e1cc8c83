/**
 * Tells what a copy itself makes from what it was asked to copy: a server may
 * be this very machine, and a target may lie inside its source.
 */

/** Facts about a copy that its own work is known by. */
export interface CopyStart {
  /** When it began, in milliseconds since 1970 UTC. */
  readonly began: number;
  /** Names that it may give to directories at the top of its target. */
  readonly names: ReadonlySet<string>;
}

/** A directory that is met on the way through the source. */
export interface MetDirectory {
  readonly name: string;
  /** As in `Attributes`. */
  readonly born?: number | undefined;
}

/** Kernels stamp by the last tick of their clock: ticks of 100 a second. */
const TICK_MILLISECONDS = 10;

/** Some disks keep whole seconds, FAT every other one. */
const COARSE_MILLISECONDS = 2000;

/**
 * Tells a directory that this copy made from one of its source: it has a name
 * of the target's, and it was born after the copy began. Only a directory that
 * is met below the top can be one.
 */
export function isOwnCopy(
  { name, born }: MetDirectory,
  { began, names }: CopyStart,
): boolean {
  if (born === undefined || !names.has(name)) return false;
  const grain = born % 1000 === 0 ? COARSE_MILLISECONDS : TICK_MILLISECONDS;
  return born >= began - grain;
}
