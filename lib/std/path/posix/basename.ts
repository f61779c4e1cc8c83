/**
 * Return the last portion of a `path`. Trailing directory separators are
 * ignored; a path of separators alone is one separator.
 */
export function basename(path: string): string {
  const stripped = path.replace(/\/+$/, "");
  if (stripped === "") return path === "" ? "" : "/";
  return stripped.slice(stripped.lastIndexOf("/") + 1);
}
