import { basename as posixName } from "@std/path/posix/basename";
import { basename as windowsName } from "@std/path/windows/basename";
import { onWindows } from "../system/own_platform.ts";

/** Gives the path of `name` in `directory`, as scp writes it: `directory/name`. */
export function joinPath(directory: string, name: string): string {
  const endsInSeparator = directory === "/" ||
    onWindows && directory.endsWith("\\");
  return endsInSeparator ? directory + name : `${directory}/${name}`;
}

/** Gives the last component of a path of this system, trailing separators ignored. */
export function nameOfPath(path: string): string {
  return onWindows ? windowsName(path).replace("\\", "/") : posixName(path);
}
