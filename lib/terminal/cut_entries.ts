import type { CutState } from "../errors.ts";
import type { CopyEvent } from "../events/copy_event.ts";
import { MOST_MESSAGES } from "../events/results.ts";
import { countText } from "./amounts.ts";

/** Failure of a copy. */
type Failure = Extract<CopyEvent, { readonly kind: "failure" }>;

/**
 * Entries that a cut left unfinished, and the lines that tell them. Few have a line
 * each; of many one line tells the number, since hundreds may be in flight.
 */
export class CutEntries {
  /** First entries, of which only as many are told as have a line each. */
  #first: Failure[] = [];
  readonly #counts: Record<CutState, number> = {
    "in flight": 0,
    "not sent": 0,
  };

  /** Takes up a failure; tells whether it is one of a cut, whose line is to come. */
  add(failure: Failure): boolean {
    if (failure.cut === undefined) return false;
    this.#counts[failure.cut]++;
    if (this.#first.length <= MOST_MESSAGES) this.#first.push(failure);
    return true;
  }

  /**
   * Gives the lines of the entries that were added, and forgets them.
   *
   * @param cause Failure that cut them, the last line; without one the first entry
   * stands for others.
   */
  take(cause?: Failure): readonly string[] {
    const first = this.#first;
    const counts = { ...this.#counts };
    this.#first = [];
    this.#counts["in flight"] = this.#counts["not sent"] = 0;
    const told = cause ?? first[0];
    if (told === undefined) return [];
    if (first.length <= MOST_MESSAGES) {
      return [...first, ...(cause === undefined ? [] : [cause])]
        .map(({ message }) => message);
    }
    if (told.cut !== undefined) counts[told.cut]--;
    return [`${told.message} (and ${othersText(counts)})`];
  }
}

/** Gives numbers of entries: `63 more in flight, 2 not sent`. */
function othersText(counts: Readonly<Record<CutState, number>>): string {
  return Object.entries(counts).filter(([, count]) => count > 0)
    .map(([state, count], at) =>
      `${countText(count)}${at === 0 ? " more" : ""} ${state}`
    ).join(", ");
}
