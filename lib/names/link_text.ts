/** Destinations of symbolic links, as their texts name them. */

import type { Platform } from "./names.ts";

/** Beginning of a path that no directory is the start of. */
const ROOTS: Readonly<Record<Platform, RegExp>> = {
  posix: /^\//,
  windows: /^(?:[\\/]|[a-z]:)/i,
};

/**
 * Tells a link that may lead out of a directory: by a path from a root, by more
 * steps up than it is deep, or by a step up behind a name, since that name may be a
 * link itself.
 *
 * @param depth Number of directories that the link is in, below that directory.
 */
export function mayLeadOut(
  text: string,
  depth: number,
  platform: Platform,
): boolean {
  if (text === "" || ROOTS[platform].test(text)) return true;
  const separator = platform === "windows" ? /[\\/]/ : "/";
  let hasName = false;
  let up = 0;
  for (const component of text.split(separator)) {
    if (component === "" || component === ".") continue;
    if (component !== "..") hasName = true;
    else if (hasName || ++up > depth) return true;
  }
  return false;
}
