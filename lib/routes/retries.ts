import { delay } from "@std/async/delay";
import { HeldFailures, type MendableFailure } from "../events/held_failures.ts";
import { Tally } from "../events/tally.ts";
import type { RemoteLocation } from "../location/location.ts";
import { loginOf } from "../location/login.ts";
import { BATCH_MODE, type CopyJob } from "../options/copy_options.ts";
import { hasTerminal, watchPrompts } from "../ssh/prompt_watch.ts";
import type { Routes } from "./fallback.ts";
import type { Hosts } from "./hosts.ts";
import type { Route } from "./route.ts";

/** Longest pause before a new try, in seconds. */
const MOST_SECONDS = 60;

/** Clock and chance of the pauses. */
export interface RetryClock {
  /** Gives a number from 0 to 1, less than 1. */
  random(): number;
  /** Waits, until the signal is aborted at most. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

const SYSTEM_CLOCK: RetryClock = {
  random: Math.random,
  wait: (milliseconds, signal) =>
    delay(milliseconds, { signal }).catch(() => {
      // The user does not want to wait.
    }),
};

/** Facts about one try of a copy. */
export interface AttemptFacts {
  /** True where no other one can follow. */
  readonly isLast: boolean;
  /** True where one before has begun over SFTP, so that this one goes on. */
  readonly goesOn: boolean;
}

/** Copy that may be tried several times. */
export interface RetriedCopy {
  readonly locations: readonly RemoteLocation[];
  /**
   * Reason why a copy over SCP cannot begin again where it was cut; absent where it
   * can.
   */
  readonly cutIsFinal?: string | undefined;
  /** Makes a try and reports what fails. */
  attempt(facts: AttemptFacts): Promise<void>;
}

/**
 * Pause before a new try, in seconds: up to 1, 2, 4 … 60, by chance, so that many
 * copies that were cut at once do not come back at once.
 *
 * @param attempt Number of the new try, from 1 on.
 */
export function pauseBefore(attempt: number, random: number): number {
  return Math.min(MOST_SECONDS, 2 ** (attempt - 1)) * random;
}

/** New tries of copies whose connection failed, as far as one may mend that. */
export class Retries {
  /** Observer of all that the job's copies tell. */
  readonly observer: Tally;
  readonly #job: Pick<CopyJob, "options" | "interrupted">;
  readonly #clock: RetryClock;
  readonly #held: HeldFailures;
  /** Logins at which ssh asked the user for something. */
  readonly #asked = new Set<string>();

  constructor(
    job: Pick<CopyJob, "options" | "interrupted">,
    observer: Tally,
    clock: RetryClock = SYSTEM_CLOCK,
  ) {
    this.#job = job;
    this.#clock = clock;
    this.#held = new HeldFailures(observer);
    const { retries } = job.options;
    this.observer = retries === undefined ? observer : new Tally(this.#held);
  }

  /** Makes a copy, and makes it again as often as that may mend it. */
  async run(copy: RetriedCopy): Promise<void> {
    const { options: { retries: attempts = 0 }, interrupted } = this.#job;
    if (attempts === 0) {
      return await copy.attempt({ isLast: true, goesOn: false });
    }
    let goesOn = false;
    try {
      for (let attempt = 1;; attempt++) {
        this.#held.hold();
        await copy.attempt({ isLast: attempt > attempts, goesOn });
        const lost = this.#held.mendable;
        if (lost === undefined || attempt > attempts) return;
        const objection = this.#objectionTo(copy, lost);
        if (objection !== undefined) return this.#giveUp(lost, objection);
        await this.#pause(lost, { attempt, attempts });
        if (interrupted.aborted) return;
        goesOn ||= lost.mendable === "sftp";
        this.#held.drop();
      }
    } finally {
      this.#held.release();
    }
  }

  async #pause(
    { host, mendable }: MendableFailure,
    counts: { attempt: number; attempts: number },
  ): Promise<void> {
    const seconds = pauseBefore(counts.attempt, this.#clock.random());
    this.observer.report({
      kind: "retry",
      host,
      reason: mendable === "login" ? "no connection" : "connection lost",
      seconds,
      ...counts,
    });
    await this.#clock.wait(seconds * 1000, this.#job.interrupted);
  }

  /** Gives the reason why a new try would not do. */
  #objectionTo(
    { locations, cutIsFinal }: RetriedCopy,
    { mendable }: MendableFailure,
  ): string | undefined {
    const isAsked = locations.some((location) =>
      this.#asked.has(loginOf(location))
    );
    if (isAsked) return "ssh would ask again";
    return mendable === "scp" ? cutIsFinal : undefined;
  }

  #giveUp({ host }: MendableFailure, objection: string): void {
    this.#held.release();
    this.observer.report({
      kind: "warning",
      message: `${host}: not tried again: ${objection}`,
    });
  }

  /** Gives routes at whose logins questions of ssh are noticed. */
  watched(
    { scp, sftp }: Routes,
    locations: readonly RemoteLocation[],
    hosts: Pick<Hosts, "willAsk" | "areBatches">,
  ): Routes {
    const { retries, ssh } = this.#job.options;
    if (retries === undefined || ssh.flags.includes(BATCH_MODE)) {
      return { scp, sftp };
    }
    const watch = (route: Route): Route => ({
      connect: async (options) => {
        using prompts = watchPrompts();
        const result = await route.connect(options);
        const hasAsked = prompts.isBlind
          ? await hosts.willAsk(locations)
          : prompts.hasPrompted && hasTerminal() &&
            !await hosts.areBatches(locations);
        if (hasAsked) {
          for (const location of locations) {
            this.#asked.add(loginOf(location));
          }
        }
        return result;
      },
    });
    return { scp: watch(scp), sftp: watch(sftp) };
  }
}
