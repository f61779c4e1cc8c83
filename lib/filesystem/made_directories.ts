import { asEntryError, EntryError } from "../errors.ts";
import { withoutTrailingSlashes } from "../names/names.ts";
import type { Attributes, FileSystem } from "./file_system.ts";

/** Mode of directories that no source has, under the umask. */
export const NEW_DIRECTORY_MODE = 0o777;

/**
 * Makes a directory where it is missing, and those above it.
 *
 * @throws {EntryError} If something else is there, or it cannot be made.
 */
export async function makeDirectories(
  files: Pick<FileSystem, "find" | "label" | "mkdir" | "nameOf">,
  path: string,
): Promise<void> {
  if (mayBeDirectory(await files.find(path))) return;
  const whole = withoutTrailingSlashes(path);
  const above = whole.slice(0, whole.lastIndexOf(files.nameOf(whole)));
  if (above !== "" && above !== path) await makeDirectories(files, above);
  const failure = await files.mkdir(whole, NEW_DIRECTORY_MODE)
    .then(() => undefined, asEntryError);
  if (failure === undefined) return;
  // Another copy may have made it meanwhile; and a path may end in a dot.
  const found = await files.find(path);
  if (mayBeDirectory(found)) return;
  throw found === undefined
    ? failure
    : new EntryError(`${files.label}${path}: Not a directory`);
}

function mayBeDirectory(found: Attributes | undefined): boolean {
  return found?.kind === "directory" || found?.kind === "unknown";
}
