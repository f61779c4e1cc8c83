import { posix } from "node:path";

/** Returns the path of the directory that holds the last portion of a path. */
export function dirname(path: string): string {
  return posix.dirname(path).replace(/(?<=.)\/+$/s, "");
}
