import { currentUmask } from "../disk/local_file_system.ts";
import { copyTree } from "../tree/copy_tree.ts";
import { chosenFiles } from "./filters.ts";
import type { RouteContext } from "./route.ts";

/** Tools of copies from this machine to itself. */
export interface LocalContext
  extends Pick<RouteContext, "job" | "files" | "rules" | "observer" | "among"> {
  /** Keys of the links that the job's copies made. */
  readonly madeLinks: Set<string>;
}

/**
 * Copies a local path to another one.
 *
 * @throws {EntryError} If the target is none for any source.
 */
export async function copyHere(
  source: string,
  target: string,
  { job, files, rules, observer, among, madeLinks }: LocalContext,
): Promise<void> {
  const { recursive, preserve, modes, existing, isAtomic, isDry } = job.options;
  const chosen = chosenFiles(files, {
    roots: [source],
    rules,
    keepsLinks: true,
    observer,
  });
  await copyTree(
    { files: chosen, entries: [{ path: source }] },
    { files, path: target, mustBeDirectory: false, among },
    {
      options: {
        recursive,
        store: {
          preserve,
          umask: currentUmask(),
          modeBits: 0o1777,
          given: modes,
        },
        existing,
        isAtomic,
        dryRun: isDry ? "seen" : undefined,
        links: madeLinks,
        platform: job.rules.platform,
        isWatched: false,
        namedBy: "target",
        interrupted: job.interrupted,
      },
      observer,
    },
  );
}
