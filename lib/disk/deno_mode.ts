/**
 * Permission bits of an entry, from what the runtime tells of it. Windows has
 * none: there a directory can be entered, and a file that is not read-only
 * written, whatever the runtime makes of that.
 *
 * @param os The operating system, as Deno names it.
 */
export function modeOf(
  os: string,
  { mode, isDirectory }: Pick<Deno.FileInfo, "mode" | "isDirectory">,
): number {
  const OWNER_WRITES = 0o200;
  if (os !== "windows") return mode! & 0o7777;
  if (isDirectory) return 0o755;
  const isReadOnly = mode !== null && (mode & OWNER_WRITES) === 0;
  return isReadOnly ? 0o444 : 0o644;
}
