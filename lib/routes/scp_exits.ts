import { type ConnectionFailure, ProtocolError } from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { SshEnd } from "../ssh/session.ts";
import { lateAnswers } from "./late_answers.ts";
import type { RemoteScp } from "./remote_scp.ts";
import { reportExit } from "./session_start.ts";
import type { SessionContext } from "./route.ts";
import {
  type DialogueExit,
  dialogueFailures,
  type SessionFacts,
} from "./session_failure.ts";

/** An scp whose dialogue is over. */
export interface EndedScp {
  readonly scp: RemoteScp;
  /** Failure that broke the dialogue; absent where nothing did. */
  readonly failure: ConnectionFailure | undefined;
  /** Exit of ssh; absent where nobody waits for it. */
  readonly end?: SshEnd;
}

/** Reports the exits of scps whose dialogues are over. */
export class ScpExits {
  readonly #context: SessionContext;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /**
   * Waits for the exits of one dialogue and reports them.
   *
   * @param failuresBefore Number of failures before the dialogue.
   * @param hasRefused True where a refusal of ours makes a source end with status 1.
   */
  async report(
    scps: readonly EndedScp[],
    failuresBefore: number,
    hasRefused = false,
  ): Promise<void> {
    const isWhole = scps.every(({ failure }) => failure === undefined);
    const isBroken = scps.some(({ failure }) =>
      failure instanceof ProtocolError
    );
    if (!isWhole) { for (const { scp } of scps) scp.session.showHeld(); }
    // An scp that broke the protocol may never exit.
    const ended: readonly EndedScp[] = isBroken ? scps : await Promise.all(
      scps.map(async ({ scp, failure }) => {
        const end = await scp.session.end({ isWhole });
        return { scp, failure, end };
      }),
    );
    for (const each of ended) {
      // An exit that another host's failure brought about is no failure.
      const isOwn = isBroken
        ? each.failure instanceof ProtocolError
        : isWhole || each.failure !== undefined;
      if (!isOwn) continue;
      this.#reportExit(each, {
        hasSeveral: scps.length > 1,
        hasReported: hasRefused ||
          this.#context.observer.failures > failuresBefore,
      });
    }
  }

  #reportExit(
    { scp: { location, role }, failure, end }: EndedScp,
    facts: Pick<DialogueExit, "hasSeveral" | "hasReported">,
  ): void {
    const { banners, job, observer } = this.#context;
    const isRead = role === "-t" && failure === undefined;
    const { answers, refusal } = lateAnswers(isRead ? end!.leftover : "");
    if (answers !== "") banners.report(location, answers);
    const events = dialogueFailures(failure, {
      ...this.factsOf(location),
      ...facts,
      status: end,
      lockstep: job.options.lockstep,
      lateRefusal: refusal,
    });
    const endsSession = failure !== undefined;
    reportExit(observer, location, { events, endsSession });
  }

  /** Gives the facts about a session that its messages depend on. */
  factsOf(location: RemoteLocation): SessionFacts {
    return {
      protocol: "scp",
      location,
      isNamed: !this.#context.hosts.mayChange,
      isInterrupted: this.#context.job.interrupted.aborted,
    };
  }
}
