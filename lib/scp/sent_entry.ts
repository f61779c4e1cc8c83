/** Knowledge of a source about entries that it has sent. */

import type { Times } from "../filesystem/file_system.ts";
import type { OpenDirectory } from "../filesystem/directory_loops.ts";
import type { DirectoryRecord, FileRecord } from "./wire/records.ts";

/** The records of one entry: its times, if they are sent, and itself. */
export interface Announcement {
  readonly path: string;
  readonly record: FileRecord | DirectoryRecord;
  readonly times: Times;
}

/** A directory whose content is being sent. */
export interface SentDirectory extends OpenDirectory {
  readonly above: SentDirectory | undefined;
  /** Its announcement; absent where only its content is sent. */
  readonly announcement: Announcement | undefined;
  /**
   * True if it can be entered once more when the dialogue was lost inside: a
   * sink that did not leave it may have left it without its mode.
   */
  readonly staysOpen: boolean;
}

/**
 * Gives the announcements that lead into a directory, the outermost one first.
 *
 * @param outermost Name that the outermost directory has now; absent if it keeps
 * its own.
 */
export function announcementsInto(
  directory: SentDirectory | undefined,
  outermost: string | undefined,
): readonly Announcement[] {
  if (directory === undefined) return [];
  const { above, announcement } = directory;
  const before = announcementsInto(above, outermost);
  if (announcement === undefined) return before;
  const { record } = announcement;
  const name = above === undefined && outermost !== undefined
    ? outermost
    : record.name;
  return [...before, { ...announcement, record: { ...record, name } }];
}

/** An entry of which something was sent. */
export interface SentEntry {
  readonly path: string;
  /** True if the answer to the last record that was answered refused it. */
  isRefused?: boolean;
  /** Present where its body was sent before its record was acknowledged. */
  readonly ahead?: {
    /** As it was announced. */
    readonly name: string;
    /** The directory that it was sent into; absent at the top. */
    readonly directory: SentDirectory | undefined;
  };
}

/** Names entries that may not have arrived, the first one first. */
export function unsure(entries: readonly SentEntry[]): string {
  const [first, ...more] = new Set(entries.map(({ path }) => path));
  return more.length === 0
    ? first!
    : `${first} and ${more.length} more after it`;
}
