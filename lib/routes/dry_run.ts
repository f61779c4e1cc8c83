/** Dry runs, which list what a copy would do. */

import type { Observer } from "../events/copy_event.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import type { PlannedEntries } from "../filesystem/planned_entries.ts";
import { UnchangedFileSystem } from "../filesystem/unchanged_file_system.ts";
import type { CopyOptions } from "../options/copy_options.ts";
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
export function planner(
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
