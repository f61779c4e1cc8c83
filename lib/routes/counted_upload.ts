import { withoutTrailingSlashes } from "../names/names.ts";
import { scanTrees } from "../tree/scan_trees.ts";
import { chosenFiles } from "./filters.ts";
import type { RouteContext } from "./route.ts";

/**
 * Runs the copy of some local paths, and counts what is in them beside it, where
 * somebody asks for that.
 */
export async function besideScan(
  paths: readonly string[],
  { files, rules, scan, job: { options } }: RouteContext,
  copy: () => Promise<void>,
): Promise<void> {
  if (scan === undefined) return await copy();
  const { recursive, keepsLinks = false } = options;
  const over = new AbortController();
  const roots = paths.map(withoutTrailingSlashes);
  const scanning = scanTrees(
    chosenFiles(files, { roots, rules, keepsLinks }),
    roots.map((path) => ({ path })),
    { recursive, keepsLinks, scan, over: over.signal },
  );
  try {
    await copy();
  } finally {
    over.abort();
    await scanning;
  }
}
