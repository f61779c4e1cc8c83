/** Owners of an entry of the local disk, by their numbers. */
export interface Owners {
  readonly user: number;
  readonly group: number;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
}

/** Gives the owners of an entry, links followed; `undefined` where it has none. */
export function ownersOf(path: string): Owners | undefined {
  const { uid, gid, mode } = Deno.statSync(path);
  if (uid === null || gid === null || mode === null) return undefined;
  return { user: uid, group: gid, mode: mode & 0o7777 };
}
