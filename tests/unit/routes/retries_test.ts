import { assertEquals } from "@std/assert";
import type {
  CopyEvent,
  MendablePoint,
} from "../../../lib/events/copy_event.ts";
import { Tally } from "../../../lib/events/tally.ts";
import {
  type AttemptFacts,
  pauseBefore,
  type RetriedCopy,
  Retries,
} from "../../../lib/routes/retries.ts";
import { FAR, OPTIONS } from "./session_stage.ts";

/** Retries whose pauses take no time, and what they tell. */
class Stage {
  readonly told: CopyEvent[] = [];
  readonly tally = new Tally({ report: (event) => void this.told.push(event) });
  readonly interruption = new AbortController();
  /** Lengths of the pauses, in milliseconds. */
  readonly pauses: number[] = [];
  readonly retries: Retries;
  tries = 0;
  /** Facts that each try was given. */
  readonly facts: AttemptFacts[] = [];

  constructor(retries: number, onPause: (stage: Stage) => void = () => {}) {
    const options = retries === 0 ? OPTIONS : { ...OPTIONS, retries };
    this.retries = new Retries(
      { options, interrupted: this.interruption.signal },
      this.tally,
      {
        random: () => 0.75,
        wait: async (milliseconds) => {
          this.pauses.push(milliseconds);
          onPause(this);
          await Promise.resolve();
        },
      },
    );
  }

  /** Makes a copy whose first tries fail at these points. */
  async run(
    points: readonly (MendablePoint | undefined)[],
    rest: Partial<RetriedCopy> = {},
  ): Promise<void> {
    await this.retries.run({
      locations: [FAR],
      attempt: async (facts) => {
        this.facts.push(facts);
        const at = this.tries++;
        if (at < points.length) this.#lose(points[at]);
        await Promise.resolve();
      },
      ...rest,
    });
  }

  #lose(mendable: MendablePoint | undefined): void {
    this.retries.observer.report({
      kind: "failure",
      message: "far: lost connection",
      host: "far",
      isConnection: true,
      ...(mendable === undefined ? {} : { mendable }),
    });
  }

  get kinds(): string[] {
    return this.told.map(({ kind }) => kind);
  }
}

Deno.test("Retries: a copy whose third try is whole has not failed", async () => {
  const stage = new Stage(5);
  await stage.run(["login", "sftp"]);
  assertEquals(stage.tries, 3);
  assertEquals(stage.tally.failures, 0);
  assertEquals(stage.told, [
    {
      kind: "retry",
      host: "far",
      reason: "no connection",
      seconds: 0.75,
      attempt: 1,
      attempts: 5,
    },
    {
      kind: "retry",
      host: "far",
      reason: "connection lost",
      seconds: 1.5,
      attempt: 2,
      attempts: 5,
    },
  ]);
  assertEquals(stage.pauses, [750, 1500]);
});

Deno.test("Retries: end with the last try's failure after as many as were asked for", async () => {
  const stage = new Stage(2);
  await stage.run(["login", "login", "login", "login"]);
  assertEquals(stage.tries, 3);
  assertEquals(stage.kinds, ["retry", "retry", "failure"]);
  assertEquals(stage.tally.failures, 1);
  assertEquals(stage.tally.hasLostHost, true);
});

Deno.test("Retries: none follows a failure that a new connection cannot mend", async () => {
  const stage = new Stage(5);
  await stage.run([undefined]);
  assertEquals([stage.tries, stage.kinds], [1, ["failure"]]);
});

Deno.test("Retries: none follows where none is asked for", async () => {
  const stage = new Stage(0);
  await stage.run(["login"]);
  assertEquals([stage.tries, stage.kinds], [1, ["failure"]]);
});

Deno.test("Retries: a copy over SCP that cannot begin again says so", async () => {
  const stage = new Stage(5);
  await stage.run(["scp"], { cutIsFinal: "the target may be new" });
  assertEquals(stage.tries, 1);
  assertEquals(stage.kinds, ["failure", "warning"]);
  assertEquals(stage.told[1], {
    kind: "warning",
    message: "far: not tried again: the target may be new",
  });
});

Deno.test("Retries: a login over SCP is tried again, whatever was said of cuts", async () => {
  const stage = new Stage(5);
  await stage.run(["login"], { cutIsFinal: "the target may be new" });
  assertEquals([stage.tries, stage.kinds], [2, ["retry"]]);
});

Deno.test("Retries: an interrupt ends the pause, and the failure stays", async () => {
  const stage = new Stage(5, ({ interruption }) => interruption.abort(130));
  await stage.run(["sftp", "sftp"]);
  assertEquals(stage.tries, 1);
  assertEquals(stage.kinds, ["retry", "failure"]);
});

Deno.test("pauseBefore(): doubles the longest pause up to a minute", () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 60, 10_000].map((attempt) =>
    pauseBefore(attempt, 1)
  );
  assertEquals(longest, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
});

Deno.test("pauseBefore(): chance may make any pause shorter", () => {
  assertEquals(pauseBefore(3, 0), 0);
  assertEquals(pauseBefore(3, 0.5), 2);
});

Deno.test("Retries: a try knows if one before has begun over SFTP, and if it is the last one", async () => {
  const stage = new Stage(3);
  await stage.run(["login", "sftp", "login"]);
  assertEquals(stage.facts, [
    { isLast: false, goesOn: false },
    { isLast: false, goesOn: false },
    { isLast: false, goesOn: true },
    { isLast: true, goesOn: true },
  ]);
});
