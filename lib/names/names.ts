import { EntryError } from "../errors.ts";

/** Rules for the names on the local disk. */
export type Platform = "posix" | "windows";

/**
 * Tells whether the last component of a path names nothing: `.`, `..` and `/`
 * lead to a directory, but no copy of it can have that name.
 */
export function isDotName(name: string): boolean {
  return /^(\.{0,2}|\/)$/.test(name);
}

/**
 * Tells whether a name that a peer sent is one component that stays in its
 * directory, on every platform.
 */
export function isPlainName(name: string): boolean {
  return !/^\.{0,2}$|[/\0]/.test(name);
}

/** Names of devices, from Microsoft's "Naming Files, Paths, and Namespaces". */
const WINDOWS_DEVICE =
  /^(con|conin\$|conout\$|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]) *(\.|$)/i;

/**
 * Checks that a platform can store an entry under a plain name. Windows takes
 * parts of some names for separators, streams, drives or devices, and removes
 * trailing dots and blanks.
 *
 * @param path Path of the entry, for the error.
 * @throws {EntryError} If the platform cannot.
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

/** Removes the slashes at a path's end, as scp does; a lone slash stays. */
export function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === "/") end--;
  return path.slice(0, end);
}

const BEYOND_ASCII = /[\u0080-\uffff]/;
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * Gives a key of a path, the same for all paths that some disk takes for the
 * same: disks may ignore case, the composition of letters and some characters.
 */
export function keyOf(path: string): string {
  if (!BEYOND_ASCII.test(path)) return path.toLowerCase();
  // Capitals first: to some disks ß and SS are the same, and long and final s.
  return path.replace(IGNORABLE, "").normalize("NFC").toUpperCase()
    .toLowerCase().normalize("NFC");
}

/** Gives a key of a name: Windows removes the dots and blanks at its end, too. */
export function nameKeyOf(name: string): string {
  return keyOf(name.replace(/(?<=[^. ])[. ]+$/, ""));
}
