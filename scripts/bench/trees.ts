/** Trees and files by the names that the command line knows them by. */

import { Cache } from "./cache.ts";
import { gitTree, npmTree, repositoryTree, treeIn } from "./gathered_trees.ts";
import { deep, jsonFiles, photos, smallFiles, wide } from "./made_trees.ts";
import type { Source } from "./sources.ts";

/** Trees as people have them, and two extremes in shape. */
export const REAL_TREES = [
  "npm",
  "npm-small",
  "git",
  "repository",
  "photos",
  "json",
  "deep",
  "wide",
] as const;

/** Small files of lower-case words, or of random bytes: they flatter. */
export const FLATTERING_TREES = ["words", "random"] as const;

const TREES = [...REAL_TREES, ...FLATTERING_TREES] as const;

export type TreeName = typeof TREES[number];

/** Settings that tell trees. */
export interface TreeSettings {
  /** Names of trees, and of other works. */
  readonly trees: readonly string[];
  /** A directory of the user's own. */
  readonly tree: string | undefined;
  /** Directory that keeps fetched trees. */
  readonly cache: string;
  /** Number of the files of a flattering tree. */
  readonly files: number;
}

/**
 * Gives the trees that the settings name, the user's own first.
 *
 * @throws {MissingTreeError} If one is not to be had.
 */
export async function findTrees(settings: TreeSettings): Promise<Source[]> {
  const { tree, trees } = settings;
  const found = tree === undefined ? [] : [await treeIn("tree", tree)];
  for (const name of TREES) {
    if (trees.includes(name)) found.push(await findTree(name, settings));
  }
  return found;
}

async function findTree(
  name: TreeName,
  { cache, files }: TreeSettings,
): Promise<Source> {
  switch (name) {
    case "npm":
    case "npm-small":
      return await npmTree(name, new Cache(cache));
    case "git":
      return await gitTree(new Cache(cache));
    case "repository":
      return await repositoryTree();
    case "photos":
      return photos();
    case "json":
      return jsonFiles();
    case "deep":
      return deep();
    case "wide":
      return wide();
    case "words":
      return smallFiles(name, { files });
    case "random":
      return smallFiles(name, { files, content: "random" });
  }
}
