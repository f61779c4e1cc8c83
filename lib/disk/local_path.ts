import { basename as posixName } from "@std/path/posix/basename";
import { basename as windowsName } from "@std/path/windows/basename";
import type { Concurrency } from "../filesystem/file_system.ts";

/** Calls that nobody waits for are best made one after the other. */
export const LOCAL_CONCURRENCY: Concurrency = {
  entries: 1,
  blocks: 0,
  blockBytes: 256 * 1024,
};

/** The path of `name` in `directory`, as scp writes it: `directory/name`. */
export function joinPath(directory: string, name: string): string {
  const endsInSeparator = directory === "/" ||
    Deno.build.os === "windows" && directory.endsWith("\\");
  return endsInSeparator ? directory + name : `${directory}/${name}`;
}

/** The last component of a path of this system, trailing separators ignored. */
export function nameOfPath(path: string): string {
  if (Deno.build.os !== "windows") return posixName(path);
  return windowsName(path).replace("\\", "/");
}
