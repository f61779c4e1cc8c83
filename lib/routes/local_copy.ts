import { currentUmask } from "../disk/local_file_system.ts";
import { copyTree } from "../tree/copy_tree.ts";
import { chosenFiles } from "./filters.ts";
import type { RouteContext } from "./route.ts";
import { hashedFiles, verifiedSides } from "./verified_copy.ts";

/**
 * Copies a local path to another one.
 *
 * @throws {EntryError} If the target is none for any source.
 */
export async function copyHere(
  source: string,
  target: string,
  { job, files, rules, observer, among, settledLinks, scan }: RouteContext,
): Promise<void> {
  const {
    recursive,
    preserve,
    modes,
    existing,
    isAtomic,
    resumes,
    isDry,
    keepsLinks,
  } = job.options;
  const choice = { roots: [source], rules, keepsLinks: true };
  await copyTree(
    {
      files: chosenFiles(hashedFiles(files, job.options), {
        ...choice,
        observer,
      }),
      scanned: chosenFiles(files, choice),
      entries: [{ path: source }],
    },
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
        resumes,
        dryRun: isDry ? "seen" : undefined,
        links: settledLinks,
        confinesLinks: keepsLinks,
        platform: job.rules.platform,
        isWatched: false,
        namedBy: "target",
        ...verifiedSides("target", job.options),
        interrupted: job.interrupted,
      },
      observer,
      scan,
    },
  );
}
