import { isNameless } from "../files/names.ts";
import type { RouteContext } from "./context.ts";

/**
 * Whether the target of a copy has to be a folder that is there: what a
 * nameless source folder holds goes straight into it.
 */
export function mustBeFolder(
  sources: readonly string[],
  { files, job }: Pick<RouteContext, "files" | "job">,
): boolean {
  const { recursive, targetIsFolder } = job.options;
  return targetIsFolder ||
    (recursive && sources.some((path) => isNameless(files.nameOf(path))));
}
