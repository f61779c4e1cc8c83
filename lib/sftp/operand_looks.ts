/** Looks that a copy begins with, as far as an operand tells them before a login. */

import { homeIn, join, mayBePattern } from "../names/remote_path.ts";
import type { LookRequest } from "./looks_ahead.ts";

/**
 * Gives the looks that a copy to a target begins with; none where only the server can
 * tell the path.
 *
 * @param name Name of the first entry.
 */
export function looksAtTarget(text: string, name: string): LookRequest[] {
  const path = ownPath(text);
  if (path === undefined) return [];
  const inside = join(path, name);
  return [
    { kind: "lstat", path },
    { kind: "stat", path },
    { kind: "realpath", path },
    { kind: "lstat", path: inside },
  ];
}

/**
 * Gives the looks that a copy of a source begins with; none for a pattern.
 *
 * @param options `recursive`: true where a directory is copied, with all that is in it.
 */
export function looksAtSource(
  text: string,
  { recursive }: { readonly recursive: boolean },
): LookRequest[] {
  const path = ownPath(text);
  if (path === undefined || mayBePattern(text)) return [];
  const opening: LookRequest[] = recursive ? [{ kind: "opendir", path }] : [];
  return [{ kind: "stat", path }, { kind: "realpath", path }, ...opening];
}

/** Gives the path that a session is asked for; `undefined` in another one's home. */
export function ownPath(path: string): string | undefined {
  const home = homeIn(path);
  const rest = path.slice(home.length);
  if (home.length > 1) return undefined;
  let start = 0;
  while (home !== "" && rest[start] === "/") start++;
  return rest.slice(start) || ".";
}
