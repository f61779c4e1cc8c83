import { asEntryError } from "../errors.ts";
import { UnseenFileSystem } from "../filesystem/unchanged_file_system.ts";
import type { RemoteLocation } from "../location/location.ts";
import { withoutTrailingSlashes } from "../names/names.ts";
import { copyTree } from "../tree/copy_tree.ts";
import { planner } from "./dry_run.ts";
import { chosenFiles } from "./filters.ts";
import type { RouteContext } from "./route.ts";

/** Lists what an upload would send to a target that nobody looks at. */
export async function plan(
  paths: readonly string[],
  { host, path }: RemoteLocation,
  { files, rules, job, planned, observer }: RouteContext,
): Promise<void> {
  const label = `${host}: `;
  observer.report({
    kind: "warning",
    message:
      `${label}SCP cannot look at the target: what is there is not known`,
  });
  const roots = paths.map(withoutTrailingSlashes);
  const { recursive, preserve, targetIsDirectory } = job.options;
  await copyTree(
    {
      files: chosenFiles(files, { roots, rules, observer }),
      entries: roots.map((path) => ({ path })),
    },
    {
      files: new UnseenFileSystem(files, {
        label,
        planned,
        onDirectory: planner({ label }, observer),
      }),
      path: path || ".",
      mustBeDirectory: targetIsDirectory,
    },
    {
      options: {
        recursive,
        store: { preserve, modeBits: 0o777 },
        dryRun: "unseen",
        links: "followed",
        platform: "posix",
        isWatched: false,
        namedBy: "source",
        interrupted: job.interrupted,
      },
      observer,
    },
  ).catch((error) => {
    const { message } = asEntryError(error);
    observer.report({ kind: "failure", message });
  });
}
