import { isDotPath } from "../names/names.ts";
import type { RouteContext } from "./context.ts";

type Rules = Pick<RouteContext, "files" | "job">;

/** Tells whether the content of a directory without a name is copied. */
export function isDotTree(
  sources: readonly string[],
  { files, job }: Rules,
): boolean {
  return job.options.recursive &&
    sources.some((path) => isDotPath(files.nameOf(path)));
}

/**
 * Tells whether an scp that is a sink has to be told that its target is a
 * directory: what a directory without a name holds goes straight into it.
 */
export function mustBeDirectory(
  sources: readonly string[],
  rules: Rules,
): boolean {
  return rules.job.options.targetIsDirectory || isDotTree(sources, rules);
}
