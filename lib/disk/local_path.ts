import { basename as posixName } from "@std/path/posix/basename";
import { basename as windowsName } from "@std/path/windows/basename";
import type { Pace } from "../filesystem/file_system.ts";

/** Calls that nobody waits for are best made one after the other. */
export const LOCAL_PACE: Pace = {
  entries: 1,
  blocks: 0,
  blockBytes: 256 * 1024,
};

/** The path of `name` in `folder`, as scp writes it: `folder/name`. */
export function joinPath(folder: string, name: string): string {
  const endsInSeparator = folder === "/" ||
    Deno.build.os === "windows" && folder.endsWith("\\");
  return endsInSeparator ? folder + name : `${folder}/${name}`;
}

/** The last component of a path of this system, trailing separators ignored. */
export function nameOfPath(path: string): string {
  if (Deno.build.os !== "windows") return posixName(path);
  return windowsName(path).replace("\\", "/");
}
