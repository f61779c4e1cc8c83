import type { Channel } from "../channel/channel.ts";

/** A dialogue with another sink, which takes the place of one that is lost. */
export interface NextDialogue {
  readonly channel: Channel;
  /** Name of the outermost directory there; absent if it keeps its name. */
  readonly outermost?: string;
}

/**
 * Ends the dialogue and begins another one with the same target.
 *
 * @param isInside True where the dialogue goes on in a directory that the sink has
 * taken.
 * @throws {SessionError} If that cannot be done.
 */
export type BeginAnew = (isInside: boolean) => Promise<NextDialogue>;
