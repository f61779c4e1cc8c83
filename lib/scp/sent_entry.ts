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
   * True if the directory can be reopened after a reconnect: its mode, which it
   * may have by then, and those of the directories above let its owner in.
   */
  readonly canReopen: boolean;
}

/** An entry of which something was sent. */
export interface SentEntry {
  readonly path: string;
  /** True if the last reply to one of its records was a refusal. */
  isRefused?: boolean;
  /** Present where its body was sent before its record was acknowledged. */
  readonly speculation?: {
    /** Name as it was announced. */
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
