import type { FileSystem } from "../filesystem/file_system.ts";
import { findQuietly } from "../filesystem/find_quietly.ts";
import type { Location } from "../location/location.ts";
import { isDotName } from "../names/names.ts";
import type { CopyOptions } from "../options/copy_options.ts";

/**
 * Gives the reason why a copy that was cut cannot begin again over SCP, where nobody
 * looks at what is there; `undefined` where it can.
 *
 * @param files The local disk, as it is before the copy.
 */
export async function whyCutIsFinal(
  { kind, path }: Pick<Location, "kind" | "path">,
  { recursive, targetIsDirectory, existing }: CopyOptions,
  files: FileSystem,
): Promise<string | undefined> {
  if (existing !== undefined) {
    return "over SCP what was cut would be skipped";
  }
  const isDirectory = targetIsDirectory || isDotName(path) ||
    (kind === "local" && await isLocalDirectory(files, path));
  return !recursive || isDirectory
    ? undefined
    : "over SCP a tree whose target may be new cannot begin again";
}

async function isLocalDirectory(
  files: FileSystem,
  path: string,
): Promise<boolean> {
  return (await findQuietly(files, path))?.kind === "directory";
}
