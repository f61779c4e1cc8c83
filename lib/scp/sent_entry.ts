/** Knowledge of a source about entries that it has sent. */

import type { FileProgress } from "../events/file_progress.ts";
import type { Times } from "../filesystem/file_system.ts";
import type { OpenDirectory } from "../filesystem/directory_loops.ts";
import type { DirectoryRecord, FileRecord } from "./wire/records.ts";

/** The records of one entry: its times, if they are sent, and itself. */
export interface Announcement {
  readonly path: string;
  readonly record: FileRecord | DirectoryRecord;
  /** Absent where the entry's own are not the source's to set. */
  readonly times: Times | undefined;
}

/** A directory whose content is being sent. */
export interface SentDirectory extends OpenDirectory {
  readonly above: SentDirectory | undefined;
  /** Its announcement; absent where only its content is sent. */
  readonly announcement: Announcement | undefined;
  /**
   * True if the directory can be reopened after a reconnect: its mode, which it
   * may have by then, and those of the directories above let its owner in.
   */
  readonly canReopen: boolean;
  /** Reply of the sink to its announcement, once it was waited for. */
  reply?: "taken" | "refused";
  /** True once the sink has left it, with all in it. */
  isLeft?: true;
}

/** File that a sink is to take. */
export interface FileStep {
  readonly kind: "file";
  readonly path: string;
  /** Name as it is announced. */
  readonly name: string;
  /** Time of the last access before it was read, as in `Times`, once it was. */
  accessed?: number;
  /** Progress of its body; present once that began to leave. */
  progress?: FileProgress;
  /** True once it failed although the sink may take it. */
  hasFailed?: true;
  /** True once the sink has acknowledged its whole body. */
  isAcknowledged?: true;
  /** Directory that it is sent into; absent at the top. */
  readonly directory: SentDirectory | undefined;
}

/** Directory that a sink is to be in; absent for the top. */
export interface DirectoryStep {
  readonly kind: "directory";
  readonly directory: SentDirectory | undefined;
}

/** Warning for a sink, which gets no reply. */
export interface WarningStep {
  readonly kind: "warning";
  readonly path: string;
  readonly text: string;
}

/** The end, once there is a reply to all that was sent. */
export interface EndStep {
  readonly kind: "end";
}

/** Step of an upload: all that another sink has to know to take it, too. */
export type Step = FileStep | DirectoryStep | WarningStep | EndStep;

/** Tells a step in a directory that the sink refused, or below one. */
export function isRefused(step: Step): boolean {
  for (
    let directory = directoryOf(step);
    directory !== undefined;
    directory = directory.above
  ) {
    if (directory.reply === "refused") return true;
  }
  return false;
}

/** Gives the directory that a step leads to. */
export function directoryOf(step: Step): SentDirectory | undefined {
  return "directory" in step ? step.directory : undefined;
}

/** Names entries that may not have arrived, the first one first. */
export function unsure(paths: readonly string[]): string {
  const [first, ...more] = new Set(paths);
  return more.length === 0
    ? first!
    : `${first} and ${more.length} more after it`;
}
