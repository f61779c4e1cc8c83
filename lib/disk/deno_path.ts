/**
 * Paths as the runtime takes them. It normalises each one for a program that
 * may not do everything, as if no name were a link or a file: `link/..` leads
 * elsewhere then, and `file/` to the file.
 */

const onWindows = Deno.build.os === "windows";

/** The end of a path that names nothing but a directory. */
const DIRECTORY_END = onWindows ? /[\\/]\.{0,2}$/ : /\/\.{0,2}$/;

const SEPARATORS_AT_END = onWindows ? /[\\/]+$/ : /\/+$/;

const LAST_NAME = onWindows ? /[^\\/]*$/ : /[^/]*$/;

const ABSOLUTE = onWindows ? /^(?:[\\/]|[a-z]:)/i : /^\//;

/** Two parts of a path: before its last `..`, and behind that. */
const LAST_PARENT = /^(.+)\/\.\.(\/.*)?$/s;

/** Tells whether a path can name nothing but a directory. */
export function namesDirectory(path: string): boolean {
  return DIRECTORY_END.test(path);
}

/**
 * Gives a path that leads where `path` does, normalised or not.
 *
 * @throws As the system does, where that can be no path of what is there or
 * may be made, but by `writablePath` and `directoryPath`.
 * @throws {Error} If the runtime cannot pass this name on.
 */
export function reachablePath(path: string): string {
  const settled = withoutParents(passable(path));
  if (namesDirectory(settled) && !Deno.statSync(settled).isDirectory) {
    throw new Deno.errors.NotADirectory("Not a directory");
  }
  return settled;
}

/** The same for a file to write, which may be missing; never one that ends in a separator. */
export function writablePath(path: string): string {
  const name = path.replace(SEPARATORS_AT_END, "");
  if (name === path) return reachablePath(path);
  reachablePath(name.replace(LAST_NAME, "") || ".");
  throw new Deno.errors.IsADirectory("Is a directory");
}

/** The same for a directory that is missing. */
export function directoryPath(path: string): string {
  return reachablePath(path.replace(SEPARATORS_AT_END, "") || path);
}

/** Gives where a symbolic link to nothing leads; `undefined` for all else. */
export function danglingPath(path: string): string | undefined {
  if (!Deno.lstatSync(path).isSymlink || isThere(path)) return undefined;
  return linkedPath(path, Deno.readLinkSync(path));
}

/** Gives where a symbolic link at `path` leads that says `said`. */
export function linkedPath(path: string, said: string): string {
  return ABSOLUTE.test(said) ? said : path.replace(LAST_NAME, () => said);
}

/** Tells whether a directory is at a path, links followed. */
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
 * Gives the path, for a call that does not normalise it.
 *
 * @throws {Error} If the runtime cannot pass it on.
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
