import {
  isDotName,
  nameKeyOf,
  withoutTrailingSlashes,
} from "../names/names.ts";
import {
  unitsOfPaths,
  unitsOfPlan,
  type UploadUnit,
} from "../scp/upload_units.ts";
import type { PreparedDirectories } from "./remote_scp.ts";
import type { RouteContext } from "./route.ts";

/**
 * Divides an upload among several connections. In a tree each directory is a unit,
 * once all are made; of several paths each one is, as long as no two can have the
 * same name.
 *
 * @param prepared Directories that were made in advance; absent where none were.
 * @returns The units; where there is one, the reason why one connection copies.
 */
export function divideUpload(
  paths: readonly string[],
  prepared: PreparedDirectories | undefined,
  { files, job }: Pick<RouteContext, "files" | "job">,
): readonly UploadUnit[] | string {
  if (prepared !== undefined) {
    const units = unitsOfPlan(prepared.plan);
    return units.length > 1 ? units : "over SCP one copies each directory";
  }
  if (paths.length === 1) {
    return job.options.recursive
      ? "the directories could not be made in advance"
      : "over SCP one copies each file";
  }
  const names = paths.map((path) => files.nameOf(withoutTrailingSlashes(path)));
  if (job.options.recursive && names.some(isDotName)) {
    return "over SCP one copies the content of a directory";
  }
  return new Set(names.map(nameKeyOf)).size === names.length
    ? unitsOfPaths(paths)
    : "over SCP one copies sources of the same name";
}
