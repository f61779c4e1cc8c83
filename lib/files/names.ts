/** Which rules names on this side's disk follow. */
export type Platform = "posix" | "windows";

/**
 * Whether the last component of a path names nothing: `.`, `..` and `/` lead to
 * a folder, but no copy of it can be called that.
 */
export function isNameless(name: string): boolean {
  return /^(\.{0,2}|\/)$/.test(name);
}

const windowsDevice =
  /^(con|conin\$|conout\$|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]) *(\.|$)/i;

/**
 * Whether a name a peer sent may be created inside a folder: one component
 * that stays in there. On Windows that excludes what the system reads as
 * something else: separators, streams and drives, devices, trailing dots.
 */
export function isPlainName(name: string, platform: Platform): boolean {
  if (name === "" || name === "." || name === "..") return false;
  if (/[/\0]/.test(name)) return false;
  if (platform === "posix") return true;
  // deno-lint-ignore no-control-regex
  return !/[\\:<>"|?*\x01-\x1f]|[. ]$/.test(name) &&
    !windowsDevice.test(name);
}

/** The path as scp takes it: only a lone slash stays at its end. */
export function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === "/") end--;
  return path.slice(0, end);
}
