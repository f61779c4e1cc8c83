/** Reconnecting to a target after its sink is lost, and resuming there. */

import type { Channel } from "../channel/channel.ts";

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
