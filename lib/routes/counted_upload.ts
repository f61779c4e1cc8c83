import { withoutTrailingSlashes } from "../names/names.ts";
import { besideScan, scanTrees } from "../tree/scan_trees.ts";
import { chosenFiles } from "./filters.ts";
import type { RouteContext } from "./route.ts";

/**
 * Runs the copy of some local paths, and counts what is in them beside it, where
 * somebody asks for that.
 */
export async function countedUpload(
  paths: readonly string[],
  { files, rules, scan, job: { options } }: RouteContext,
  copy: () => Promise<void>,
): Promise<void> {
  if (scan === undefined) return await copy();
  const { recursive, keepsLinks = false } = options;
  const roots = paths.map(withoutTrailingSlashes);
  const chosen = chosenFiles(files, { roots, rules, keepsLinks });
  const entries = roots.map((path) => ({ path }));
  await besideScan(
    (over) => scanTrees(chosen, entries, { recursive, keepsLinks, scan, over }),
    copy,
  );
}
