import type { LostSink } from "./pending_replies.ts";
import type { SentDirectory, Step } from "./sent_entry.ts";
import { ONE_AT_A_TIME } from "./stall.ts";

/** A sink is lost, with all that it has not replied to: another one is needed. */
export class SinkLostError extends Error {
  override name = "SinkLostError";
  readonly why: LostSink["why"];
  /** Steps that have no reply, in their order. */
  readonly #steps: readonly Step[];

  readonly #refused: Step | undefined;

  /** @param place Directory that the sink was in; absent for the top. */
  constructor(
    { why, entries, refused }: LostSink,
    place: SentDirectory | undefined,
  ) {
    super(ONE_AT_A_TIME);
    this.why = why;
    this.#steps = [
      ...(place === undefined
        ? []
        : [{ kind: "directory", directory: place } as const]),
      ...new Set(entries.map(({ step }) => step)),
    ];
    this.#refused = refused;
  }

  /** Gives the steps that are left where some have yet to be taken. */
  stepsLeft(due: readonly Step[]): Step[] {
    const others = due.filter((step) =>
      // A warning gets no reply, and its text was reported.
      step.kind !== "warning" && step !== this.#refused &&
      !this.#steps.includes(step)
    );
    return [...this.#steps, ...others];
  }
}
