/** Attributes of an entry by the runtime's `FileInfo`. */

import type { Attributes } from "../filesystem/file_system.ts";
import { reachablePath } from "./deno_path.ts";

const OWNER_WRITE = 0o200;

/** @param path Path that the entry was reached by, links followed. */
export function attributesOf(path: string, info: Deno.FileInfo): Attributes {
  const born = info.birthtime ?? info.ctime;
  return {
    kind: info.isFile ? "file" : info.isDirectory ? "directory" : "other",
    size: info.size,
    mode: modeOf(Deno.build.os, info),
    modified: info.mtime?.getTime() ?? 0,
    accessed: info.atime?.getTime() ?? info.mtime?.getTime() ?? 0,
    identity: identityOf(path, info),
    ...(info.isDirectory && born !== null ? { born: born.getTime() } : {}),
  };
}

/**
 * Gives the permission bits of an entry. Windows has none: a directory there can
 * be entered, and a file that is not read-only written, whatever the runtime
 * makes of that.
 *
 * @param os The operating system, as Deno names it.
 */
export function modeOf(
  os: string,
  { mode, isDirectory }: Pick<Deno.FileInfo, "mode" | "isDirectory">,
): number {
  if (os !== "windows") return mode! & 0o7777;
  if (isDirectory) return 0o755;
  const isReadOnly = mode !== null && (mode & OWNER_WRITE) === 0;
  return isReadOnly ? 0o444 : 0o644;
}

/**
 * Identifies an entry by its inode number, or by its path where that is not
 * exact: beyond 2^53, as overlay file systems and Windows give it, or 0 for none.
 */
function identityOf(path: string, { dev, ino }: Deno.FileInfo): string {
  if (ino && Number.isSafeInteger(ino)) return `${dev}:${ino}`;
  return Deno.realPathSync(reachablePath(path));
}
