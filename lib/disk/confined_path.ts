/** Paths in a confined disk: its root is `/`, as in a chroot. */

/** Path below the root, in its one form. */
export interface ConfinedPath {
  /** Names from the root on: none is empty, `.` or `..`. */
  readonly names: readonly string[];
  /** True where the path can name nothing but a directory. */
  readonly namesDirectory: boolean;
}

/**
 * Reads a path. A relative one begins in the root, too; `..` leads no further than
 * there. As no link is followed, `..` always takes back the name before it.
 */
export function confinedPath(path: string): ConfinedPath {
  const names: string[] = [];
  let last = "";
  for (last of path.split("/")) {
    if (last === "" || last === ".") continue;
    if (last === "..") names.pop();
    else names.push(last);
  }
  return { names, namesDirectory: ["", ".", ".."].includes(last) };
}
