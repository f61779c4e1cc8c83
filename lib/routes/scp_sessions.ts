import {
  isConnectionFailure,
  naming,
  ProtocolError,
  SessionError,
  UnexpectedOutputError,
} from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Tally } from "../events/tally.ts";
import { type Absence, meaningOf, refusalIn } from "./absence.ts";
import { awaitSpeech, type Beginning, type Terms } from "./beginning.ts";
import { asConnectionFailure, type ConnectionFailure } from "./breach.ts";
import type { DialogueContext } from "./context.ts";
import type { CopyJob } from "../options/copy_options.ts";
import { lostMessage, lostReason } from "./lost.ts";
import { RemoteScp, type ScpRequest } from "./remote_scp.ts";
import { type EndedScp, ScpEnds } from "./scp_ends.ts";

/** Failures of a dialogue, one for each scp; absent for one that is whole. */
export type ConnectionFailures = readonly (ConnectionFailure | undefined)[];

/** Dialogue with one or more scps. */
export interface Dialogue {
  /**
   * Says what makes a source speak: a sink speaks first by itself.
   *
   * @returns What broke it already.
   */
  begin(scps: readonly RemoteScp[]): Promise<ConnectionFailures | undefined>;
  hold(scps: readonly RemoteScp[]): Promise<ConnectionFailures>;
  /** True where nothing was found, which another dialogue is to report. */
  readonly foundNothing?: boolean;
}

/** Sessions that are open, and how far their dialogue is. */
interface Opened {
  readonly scps: readonly RemoteScp[];
  /** ConnectionFailures that broke the dialogue when it was begun. */
  readonly breaches: ConnectionFailures | undefined;
  readonly sessions: AsyncDisposableStack;
}

/** Messages that quote what came in the place of the protocol. */
const QUOTED_TEXT = /the remote (?:said|does not speak)/;

/** Starts scp on the hosts of a job, and sees each one to its end. */
export class ScpSessions {
  readonly #context: DialogueContext;
  readonly #job: CopyJob;
  readonly #observer: Tally;
  readonly #ends: ScpEnds;

  constructor(context: DialogueContext) {
    this.#context = context;
    this.#job = context.job;
    this.#observer = context.observer;
    this.#ends = new ScpEnds(context);
  }

  /**
   * Starts the scps one after the other, since each ssh may ask, and waits until
   * all of them have spoken.
   */
  async begin(
    requests: readonly ScpRequest[],
    dialogue: Dialogue,
    terms: Terms,
  ): Promise<Beginning> {
    try {
      const opened = await this.#open(requests, dialogue, terms);
      if ("kind" in opened) return opened;
      return {
        kind: "begun",
        isCertain: opened.scps.every((scp) => scp.soundsLikeScp),
        run: () => this.#run(opened, { requests, dialogue }),
        abandon: () => opened.sessions.disposeAsync(),
      };
    } catch (error) {
      const absence = this.#seeUnmarked(
        requests,
        asConnectionFailure(error),
        terms,
      );
      return absence === undefined
        ? { kind: "over" }
        : { kind: "absent", ...absence };
    }
  }

  async #open(
    requests: readonly ScpRequest[],
    dialogue: Dialogue,
    terms: Terms,
  ): Promise<Opened | Beginning> {
    await using sessions = new AsyncDisposableStack();
    const scps: RemoteScp[] = [];
    const interrupted = terms.abandoned === undefined
      ? this.#job.interrupted
      : AbortSignal.any([this.#job.interrupted, terms.abandoned]);
    for (const request of requests) {
      const scp = new RemoteScp(request, this.#context, interrupted);
      scps.push(sessions.use(scp));
      await passShell(scp);
      if (scp.role === "-f") continue;
      const ending = await this.#awaitSign(scp, terms);
      if (ending !== undefined) return ending;
    }
    const breaches = await dialogue.begin(scps);
    for (const [at, scp] of scps.entries()) {
      if (scp.role === "-t" || !mayEndUnspoken(breaches, at)) continue;
      const ending = await this.#awaitSign(scp, terms);
      if (ending !== undefined) return ending;
    }
    return { scps, breaches, sessions: sessions.move() };
  }

  /** Waits until an scp has spoken; gives the end of it all if it does not. */
  async #awaitSign(
    { session, location }: RemoteScp,
    terms: Terms,
  ): Promise<Beginning | undefined> {
    const sign = await awaitSpeech(session, this.#context.hosts, terms);
    if (sign === "spoke") return undefined;
    if (sign === "silent") return silence(location);
    return await this.#seeUnspoken(session, location, terms);
  }

  /** Finds out what the end of an scp means that never spoke. */
  async #seeUnspoken(
    session: RemoteScp["session"],
    location: RemoteLocation,
    terms: Terms,
  ): Promise<Beginning> {
    const { code, failure } = await session.end({ isWhole: false });
    const end = failure === undefined ? {} : { failure };
    const { stderrLines: said } = session;
    const meaning = meaningOf({ protocol: "scp", code, ...end, said });
    if (meaning.kind === "absent" && !this.#job.interrupted.aborted) {
      if (!this.#context.hosts.mayChange) session.showHeld();
      return { ...meaning, location };
    }
    session.showHeld();
    if (meaning.kind === "no match") {
      this.#observer.report({
        kind: "failure",
        message:
          `${location.host}: ${location.path}: No such file or directory`,
      });
      return { kind: "over" };
    }
    const lost = new Error("lost connection");
    const loss = { end, job: this.#job };
    return this.#lose(location, {
      why: lostReason(lost, loss),
      message: lostMessage(location, lost, loss),
    }, terms);
  }

  /** Reports a loss, unless the other protocol may yet begin. */
  #lose(
    location: RemoteLocation,
    { why, message }: { why: string; message: string },
    { abandoned }: Terms,
  ): Beginning {
    if (abandoned !== undefined) {
      return { kind: "absent", location, why, isProven: false };
    }
    this.#observer.report({
      kind: "failure",
      message: message,
      isConnection: true,
    });
    return { kind: "over" };
  }

  /**
   * Holds the dialogue and reports what breaks it, and an end of ssh that is no
   * success. Where a shell's words got into it, it is held once more, without
   * them.
   */
  async #run(
    first: Opened,
    { requests, dialogue }: {
      requests: readonly ScpRequest[];
      dialogue: Dialogue;
    },
  ): Promise<Absence | undefined> {
    let opened = first;
    try {
      for (;;) {
        await using _sessions = opened.sessions;
        const failuresBefore = this.#observer.failures;
        const { scps, breaches } = opened;
        const broken = breaches ?? await dialogue.hold(scps);
        const ended = scps.map((scp, at) => ({ scp, breach: broken[at] }));
        const absence = this.#refusalAmong(ended);
        if (absence !== undefined) return absence;
        if (!this.#heardShells(ended)) {
          // What was not found is no end that could be reported.
          if (dialogue.foundNothing) return undefined;
          await this.#ends.report(ended, failuresBefore);
          return undefined;
        }
        await opened.sessions.disposeAsync();
        const again = await this.#open(requests, dialogue, {});
        if ("kind" in again) return again.kind === "absent" ? again : undefined;
        opened = again;
      }
    } catch (error) {
      return this.#seeUnmarked(requests, asConnectionFailure(error), {});
    }
  }

  /** A shell that talks, and never gets to scp, is no scp. */
  #seeUnmarked(
    requests: readonly ScpRequest[],
    error: ConnectionFailure,
    { abandoned }: Terms,
  ): Absence | undefined {
    const [{ location }] = requests as [ScpRequest];
    // The same without the host, which an absence has already.
    const { message } = isConnectionFailure(error.cause) ? error.cause : error;
    const isText = error instanceof ProtocolError && QUOTED_TEXT.test(message);
    if ((isText && this.#context.hosts.mayChange) || abandoned !== undefined) {
      return { location, why: message, isProven: false };
    }
    if (error instanceof ProtocolError) {
      this.#observer.report({ kind: "failure", message: error.message });
    } else {this.#observer.report({
        kind: "failure",
        message: error.message,
        isConnection: true,
      });}
    return undefined;
  }

  /** Gives the words of a host, in scp's place, that it has none. */
  #refusalAmong(scps: readonly EndedScp[]): Absence | undefined {
    if (this.#job.interrupted.aborted) return undefined;
    for (const { scp: { location }, breach } of scps) {
      if (!(breach instanceof UnexpectedOutputError)) continue;
      const [, words] = /the remote said (".*")/s.exec(breach.message) ?? [];
      const refusal = refusalIn(words ?? "");
      if (refusal !== undefined) return { location, ...refusal };
    }
    return undefined;
  }

  /** Remembers the shells that were taken for scp; whether there are any. */
  #heardShells(scps: readonly EndedScp[]): boolean {
    if (this.#job.interrupted.aborted) return false;
    let any = false;
    for (const { scp, breach } of scps) {
      if (scp.isMarked || !(breach instanceof UnexpectedOutputError)) continue;
      this.#context.shells.add(scp.location, breach, scp.age);
      any = true;
    }
    return any;
  }
}

/**
 * Tells whether a source may end without a word: one that was asked to begin, or
 * that had ended before it could be asked.
 */
function mayEndUnspoken(
  breaches: ConnectionFailures | undefined,
  at: number,
): boolean {
  return breaches === undefined || breaches[at] instanceof SessionError;
}

function silence(location: RemoteLocation): Beginning {
  const why = "SCP did not begin: the server says nothing";
  return { kind: "absent", location, why, isProven: true };
}

/** @throws {ProtocolError} If a shell that talks does not get to scp. */
async function passShell(scp: RemoteScp): Promise<void> {
  try {
    await scp.passShell();
  } catch (error) {
    throw naming(scp.location.host, error);
  }
}
