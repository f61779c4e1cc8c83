/** Differences of systems that tests go by, each with its reason. */

import { asEntryError } from "../../lib/errors.ts";
import { checkStorable } from "../../lib/names/names.ts";
import { onWindows, ownPlatform } from "../../lib/system/own_platform.ts";

export { onWindows };

/** Gives the mode that the disk keeps of one: Windows keeps none, and Deno tells this. */
export function keptMode(mode: number): number {
  return onWindows ? 0o666 : mode;
}

/**
 * Reason why no symbolic link is made here; absent where one is. Windows asks
 * for a privilege, and Wine 10 says that it made one and did not.
 */
export const LACKS_LINKS: string | undefined = onWindows
  ? "links are not tried on Windows"
  : undefined;

/** Registers a test that needs symbolic links. */
export function linkTest(name: string, fn: () => void | Promise<void>): void {
  const reason = LACKS_LINKS === undefined ? "" : ` (${LACKS_LINKS})`;
  Deno.test({ name: name + reason, ignore: LACKS_LINKS !== undefined, fn });
}

/** Reason why a directory's birth is not told here; absent where it is. */
export const LACKS_BIRTH: string | undefined = Deno.env.has("WINELOADER")
  ? "Wine tells the last change for it"
  : undefined;

/** Tells whether the disk can hold an entry of each name in a path. */
export function isStorable(path: string): boolean {
  try {
    for (const name of path.split("/")) checkStorable(name, path, ownPlatform);
    return true;
  } catch (error) {
    asEntryError(error);
    return false;
  }
}

/** Reason for a name that is too long: to Windows no file could have it. */
export const NAME_TOO_LONG = onWindows
  ? "No such file or directory"
  : "File name too long";
