/** Dry runs, which list what a copy would do. */

import { asEntryError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import type { PlannedEntries } from "../filesystem/planned_entries.ts";
import {
  UnchangedFileSystem,
  UnseenFileSystem,
} from "../filesystem/unchanged_file_system.ts";
import type { RemoteLocation } from "../location/location.ts";
import { withoutTrailingSlashes } from "../names/names.ts";
import type { CopyOptions } from "../options/copy_options.ts";
import { copyTree } from "../tree/copy_tree.ts";
import { chosenFiles } from "./filters.ts";
import type { RouteContext } from "./route.ts";
import { sftpNeedOf } from "./sftp_needs.ts";

/** Gives the files that a copy may write to; in a dry run they stay as they are. */
export function writtenFiles(
  files: FileSystem,
  { isDry }: Pick<CopyOptions, "isDry">,
  { planned, observer }: {
    /** Entries of the job's target that its copies would have made. */
    planned: PlannedEntries;
    observer: Observer;
  },
): FileSystem {
  return isDry
    ? new UnchangedFileSystem(files, planned, planner(files, observer))
    : files;
}

/** Gives the listener that reports the directories of a file system as planned. */
function planner(
  { label }: Pick<FileSystem, "label">,
  observer: Observer,
): (path: string) => void {
  return (path) =>
    observer.report({
      kind: "planned",
      action: "make directory",
      target: { label, path },
    });
}

/** Tells a dry run of an upload over SCP, which cannot look at its target. */
export function mayNotLook(options: CopyOptions): boolean {
  const { isDry, ...others } = options;
  return isDry === true && options.protocol === "scp" &&
    sftpNeedOf(others, "up") === undefined;
}

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
