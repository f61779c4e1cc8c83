/**
 * Returns the last portion of a `path`. Trailing directory separators are
 * ignored; a path of separators alone is one separator.
 */
export function basename(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === "/") end--;
  if (end === 0) return path === "" ? "" : "/";
  return path.slice(path.lastIndexOf("/", end - 1) + 1, end);
}
