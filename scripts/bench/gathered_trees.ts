/** Real trees, gathered from what anyone can get. */

import { fileURLToPath } from "node:url";
import { root } from "../build/root.ts";
import { runCommand } from "../build/run.ts";
import type { Cache } from "./cache.ts";
import { filesIn, type Source } from "./sources.ts";

/** A tree that is not to be had; its message is for whoever asked for it. */
export class MissingTreeError extends Error {
  override name = "MissingTreeError";
}

/** Packages of the npm registry by name and version; they need no others. */
const PACKAGES = {
  "npm": [
    "date-fns@4.4.0",
    "rxjs@7.8.2",
    "tslib@2.8.1",
    "undici@7.16.0",
    "zod@4.1.12",
  ],
  "npm-small": [
    "fp-ts@2.16.11",
    "ramda@0.31.3",
    "type-fest@4.41.0",
    "zod@4.1.12",
  ],
} as const;

/**
 * Gives the tree of packages that npm installs: some 8,300 files, or 2,200.
 *
 * @throws {MissingTreeError} If npm cannot fetch what the cache does not hold.
 */
export async function npmTree(
  name: keyof typeof PACKAGES,
  cache: Cache,
): Promise<Source> {
  return treeIn(name, await npmPackages(name, cache));
}

async function npmPackages(
  name: keyof typeof PACKAGES,
  cache: Cache,
): Promise<string> {
  const packages = PACKAGES[name];
  try {
    const directory = await cache.get(
      name,
      packages,
      (empty) => install(packages, empty),
    );
    return `${directory}/node_modules`;
  } catch (error) {
    throw new MissingTreeError(
      `${name}: ${cache.directory} does not hold its packages, and npm cannot ` +
        "fetch them. Without a network there are " +
        `--trees=repository,photos,json,deep,wide and --tree=DIRECTORY.\n` +
        messageOf(error),
      { cause: error },
    );
  }
}

async function install(
  packages: readonly string[],
  directory: string,
): Promise<void> {
  await runCommand([
    "npm",
    ...["install", "--prefix", directory],
    ...["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"],
    ...packages,
  ], { cwd: directory });
  // It names the registry, which is not the same everywhere.
  Deno.removeSync(`${directory}/node_modules/.package-lock.json`);
}

/**
 * Gives the loose objects that git makes of the smaller tree of packages.
 *
 * @throws {MissingTreeError} If there are no such packages, or git fails.
 */
export async function gitTree(cache: Cache): Promise<Source> {
  const packages = await npmPackages("npm-small", cache);
  const scratch = await orMissing(
    "git",
    () =>
      cache.get(
        "git",
        PACKAGES["npm-small"],
        (empty) => addObjects(packages, empty),
      ),
  );
  return treeIn("git", `${scratch}/objects`);
}

async function addObjects(from: string, repository: string): Promise<void> {
  await runCommand(["git", "init", "--quiet", "--bare", repository]);
  const settings = ["-c", "core.autocrlf=false", "-c", "core.bare=false"];
  await runCommand([
    "git",
    ...[...settings, `--git-dir=${repository}`, `--work-tree=${from}`],
    ...["add", "--force", "."],
  ], { cwd: from });
}

/**
 * Gives the files of this repository that git tracks.
 *
 * @throws {MissingTreeError} If this is no checkout.
 */
export async function repositoryTree(): Promise<Source> {
  const directory = fileURLToPath(root);
  const list = await orMissing(
    "repository",
    () => runCommand(["git", "ls-files", "-z"], { cwd: directory }),
  );
  const tracked = new Set(list.split("\0"));
  const files = filesIn(directory).filter(({ path }) => tracked.has(path));
  return { name: "repository", files, origin: { directory } };
}

/**
 * Gives the regular files in a directory, at any depth.
 *
 * @throws {MissingTreeError} If there are none.
 */
export async function treeIn(name: string, directory: string): Promise<Source> {
  const files = await orMissing(name, () => filesIn(directory));
  if (files.length > 0) return { name, files, origin: { directory } };
  throw new MissingTreeError(`${name}: there is no file in ${directory}`);
}

/** @throws {MissingTreeError} In place of any error. */
async function orMissing<Result>(
  name: string,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new MissingTreeError(`${name}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
