import { EntryError } from "../errors.ts";

/** Which rules names on this side's disk follow. */
export type Platform = "posix" | "windows";

/**
 * Whether the last component of a path names nothing: `.`, `..` and `/` lead to
 * a directory, but no copy of it can be called that.
 */
export function isDotPath(name: string): boolean {
  return /^(\.{0,2}|\/)$/.test(name);
}

/**
 * Tells if a name that a peer sent is one component that stays in its
 * directory, on every platform.
 */
export function isPlainName(name: string): boolean {
  return !/^\.{0,2}$|[/\0]/.test(name);
}

/** From Microsoft's "Naming Files, Paths, and Namespaces". */
const WINDOWS_DEVICE =
  /^(con|conin\$|conout\$|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]) *(\.|$)/i;

/**
 * Checks that a platform can hold an entry of a plain name. Windows reads some
 * as something else: separators, streams and drives, devices; and cuts trailing
 * dots and blanks off.
 *
 * @param path Path of the entry, for the error.
 * @throws {EntryError} If it cannot.
 */
export function checkStorable(
  name: string,
  path: string,
  platform: Platform,
): void {
  if (platform === "posix") return;
  // deno-lint-ignore no-control-regex
  const isStorable = !/[\\:<>"|?*\x01-\x1f]|[. ]$/.test(name) &&
    !WINDOWS_DEVICE.test(name);
  if (!isStorable) {
    throw new EntryError(`${path}: Windows does not allow this name`);
  }
}

/** The path as scp takes it: only a lone slash stays at its end. */
export function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === "/") end--;
  return path.slice(0, end);
}
