/** Records that lead a sink from its target into a directory. */

import type { Announcement, SentDirectory } from "./sent_entry.ts";

/** Directory that a sink enters by one record, and leaves by one `E`. */
export interface Level {
  readonly announcement: Announcement;
  /** Directory of the source; absent for one that only leads to others. */
  readonly directory: SentDirectory | undefined;
  /**
   * True where the sink is sure to be in no directory of the target if it refuses
   * this one, so that its content need not wait for the reply.
   */
  readonly isPrepared: boolean;
}

/** Layout of a target's directories. */
export interface Layout {
  /** Gives the levels from the target to a directory; none for the top. */
  levelsInto(directory: SentDirectory | undefined): readonly Level[];
  /**
   * True where the sink is in a private directory of links: a refusal there loses
   * it, and is for another sink to report. Each directory is entered once at best,
   * so its files come before the directories in it.
   */
  readonly isPrivate: boolean;
  /** Gives a sink's message with the path that the target's own name leads to. */
  reworded(message: string): string;
}

/** Layout in which each directory is entered from the one above. */
export class NestedLayout implements Layout {
  readonly isPrivate = false;
  readonly #outermost: string | undefined;

  /**
   * @param outermost Name that the outermost directory has there; absent if it
   * keeps its own.
   */
  constructor(outermost?: string) {
    this.#outermost = outermost;
  }

  levelsInto(directory: SentDirectory | undefined): readonly Level[] {
    if (directory === undefined) return [];
    const { above, announcement } = directory;
    const before = this.levelsInto(above);
    if (announcement === undefined) return before;
    return [...before, {
      announcement: above === undefined
        ? this.#renamed(announcement)
        : announcement,
      directory,
      isPrepared: false,
    }];
  }

  /** Gives the message as it is: the sink sees that path. */
  reworded(message: string): string {
    return message;
  }

  #renamed(announcement: Announcement): Announcement {
    if (this.#outermost === undefined) return announcement;
    const { record } = announcement;
    return { ...announcement, record: { ...record, name: this.#outermost } };
  }
}

/** Tells whether two levels are the same directory of a target. */
export function isSameLevel(one: Level, other: Level): boolean {
  return one.directory === other.directory &&
    one.announcement.record.name === other.announcement.record.name;
}
