/**
 * Returns the last portion of a `path`. Both slashes separate, a drive letter
 * is no part of the name, and trailing separators are ignored.
 */
export function basename(path: string): string {
  const rest = path.replace(/^[A-Za-z]:/, "");
  const stripped = rest.replace(/[\\/]+$/, "");
  if (stripped === "") return rest === "" ? "" : rest.charAt(0);
  return stripped.slice(stripped.search(/[^\\/]*$/));
}
