/** Records that lead a sink from its target into a directory. */

import type { CopyEvent, Observer } from "../events/copy_event.ts";
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
   * True where each directory is entered once at best: its files come first, and
   * then the directories in it.
   */
  readonly filesFirst: boolean;
  /**
   * Gives a sink's message with the path that the target's own name leads to.
   * Absent where the sink sees that path.
   */
  reworded?(message: string): string;
}

/** Layout in which each directory is entered from the one above. */
export class NestedLayout implements Layout {
  readonly filesFirst = false;
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

/** Gives an observer that gets a sink's messages as a layout words them. */
export function rewording(
  { reworded }: Layout,
  observer: Observer,
): Observer {
  if (reworded === undefined) return observer;
  return {
    report: (event: CopyEvent) =>
      observer.report(
        event.kind === "failure"
          ? { ...event, message: reworded(event.message) }
          : event,
      ),
  };
}
