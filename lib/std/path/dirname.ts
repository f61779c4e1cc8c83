import { dirname as nodeDirname } from "node:path";

/**
 * Returns the path of the directory that holds the last portion of a path, as the
 * system that this runs on writes paths.
 */
export function dirname(path: string): string {
  return nodeDirname(path).replace(/(?<=.)\/+$/s, "");
}
