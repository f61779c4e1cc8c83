/**
 * Paths as the runtime takes them. For a program without all permissions it
 * normalises each one, as if no name were a link or a file: `link/..` leads
 * elsewhere then, and `file/` to the file.
 */

import { onWindows } from "../system/own_platform.ts";

/** End of a path that can name nothing but a directory. */
const DIRECTORY_END = onWindows ? /[\\/]\.{0,2}$/ : /\/\.{0,2}$/;

const SEPARATORS_AT_END = onWindows ? /[\\/]+$/ : /\/+$/;

const LAST_NAME = onWindows ? /[^\\/]*$/ : /[^/]*$/;

/** Beginning of a destination that no directory before it changes: `C:f`, too. */
const ABSOLUTE = onWindows ? /^(?:[\\/]|[a-z]:)/i : /^\//;

/** Parts of a path before and behind its last `..`. */
const LAST_PARENT = /^(.+)\/\.\.(\/.*)?$/s;

/** Tells a path that can name nothing but a directory. */
export function namesDirectory(path: string): boolean {
  return DIRECTORY_END.test(path);
}

/**
 * Gives a path that leads where `path` does, normalised or not.
 *
 * @throws {Error} As the system does, where no entry can have this path; or if the
 * runtime cannot pass the name on.
 */
export function reachablePath(path: string): string {
  const settled = withoutParents(passable(path));
  if (namesDirectory(settled) && !Deno.statSync(settled).isDirectory) {
    throw new Deno.errors.NotADirectory("Not a directory");
  }
  return settled;
}

/**
 * Gives the same for a file to write, which may be missing.
 *
 * @throws {Error} As `reachablePath`; or if the path ends in a separator.
 */
export function writablePath(path: string): string {
  const name = path.replace(SEPARATORS_AT_END, "");
  if (name === path) return reachablePath(path);
  reachablePath(name.replace(LAST_NAME, "") || ".");
  throw new Deno.errors.IsADirectory("Is a directory");
}

/**
 * Gives the same for a directory to make, whose path may end in separators.
 *
 * @throws {Error} As `reachablePath`.
 */
export function directoryPath(path: string): string {
  return reachablePath(path.replace(SEPARATORS_AT_END, "") || path);
}

/** Gives the path behind a symbolic link to nothing; `undefined` for all else. */
export function danglingPath(path: string): string | undefined {
  if (!Deno.lstatSync(path).isSymlink || isThere(path)) return undefined;
  return linkedPath(path, Deno.readLinkSync(path));
}

/** Gives the path behind a symbolic link at `path` with this destination. */
export function linkedPath(path: string, destination: string): string {
  return ABSOLUTE.test(destination)
    ? destination
    : path.replace(LAST_NAME, () => destination);
}

/** Tells a path that leads to a directory, links followed. */
export function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Gives a path that the runtime can pass on as it is.
 *
 * @throws {Error} If it cannot be passed on.
 */
export function passable(path: string): string {
  if (path === "") {
    throw new Deno.errors.NotFound("No such file or directory");
  }
  if (path.includes("\0")) throw new Error("Invalid argument");
  if (path.isWellFormed()) return path;
  throw new Error("names that are not UTF-8 cannot be used on this system");
}

/** Windows itself takes `name\..` off, whatever the name is. */
function withoutParents(path: string): string {
  const [, before, after = ""] = LAST_PARENT.exec(path) ?? [];
  if (onWindows || before === undefined) return path;
  return `${Deno.realPathSync(reachablePath(`${before}/`))}/..${after}`;
}
