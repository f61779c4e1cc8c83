/** Reconnecting to a target after its sink is lost, and resuming there. */

import type { Channel } from "../channel/channel.ts";
import type { Announcement, SentDirectory } from "./sent_entry.ts";

/** Connection to a sink that takes the place of a lost one. */
export interface Reconnection {
  readonly channel: Channel;
  /** Name of the outermost directory there; absent if it keeps its name. */
  readonly outermost?: string;
}

/**
 * Ends the session with a sink and connects to the same target again.
 *
 * @param isInside True where the copy resumes in a directory that the sink has
 * taken.
 * @throws {SessionError} If that cannot be done.
 */
export type Reconnect = (isInside: boolean) => Promise<Reconnection>;

/**
 * Gives the announcements that reopen a directory, the outermost one first.
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
