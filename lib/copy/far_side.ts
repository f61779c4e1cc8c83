import {
  GreetingError,
  naming,
  ProtocolError,
  RefusalError,
} from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Reporter } from "../progress/reporter.ts";
import type { SshEnd } from "../ssh/session.ts";
import { type Breach, breach } from "./breach.ts";
import { confusionHint } from "./confusion.ts";
import type { DialogueContext } from "./context.ts";
import { FarScp, type RemoteScp } from "./far_scp.ts";
import type { CopyJob } from "./job.ts";
import { lostMessage } from "./lost.ts";
import { absenceOf } from "./scp_absence.ts";

/**
 * A dialogue with far sides; resolves to what broke it with each of them, and to
 * nothing for one where it was completed.
 */
export type Dialogue = (
  scps: readonly FarScp[],
) => Promise<readonly (Breach | undefined)[]>;

/** An scp that was talked to. */
interface EndedScp {
  readonly scp: FarScp;
  readonly breach: Breach | undefined;
}

/** What came of a dialogue that was to be held. */
export type Outcome =
  /** It is over, and all there was to report was reported. */
  | "held"
  /** There is no scp to hold it with; nothing was copied. */
  | "no scp";

/** Starts scp on the hosts a job names, and sees each one to its end. */
export class FarSide {
  readonly #context: DialogueContext;
  readonly #job: CopyJob;
  readonly #reporter: Reporter;

  constructor(context: DialogueContext) {
    this.#context = context;
    this.#job = context.job;
    this.#reporter = context.reporter;
  }

  /**
   * Starts scp at a location and has `dialogue` talk to it. Reports what breaks
   * the dialogue, and an end of ssh that is no success. Where a shell's words
   * got into it, the whole dialogue is held once more, without them. Where there
   * is no scp, and another protocol may be spoken, only that is reported.
   */
  async run(
    remote: RemoteScp,
    dialogue: (scp: FarScp) => Promise<void>,
  ): Promise<Outcome> {
    return await this.runAll([remote], async ([scp]) => [
      await dialogue(scp!).then(() => undefined, breach),
    ]);
  }

  /** The same with several scps in one dialogue. */
  async runAll(
    remotes: readonly RemoteScp[],
    dialogue: Dialogue,
  ): Promise<Outcome> {
    try {
      for (;;) {
        const outcome = await this.#hold(remotes, dialogue);
        if (outcome !== "misheard") return outcome;
      }
    } catch (error) {
      this.#reporter.failed(breach(error).message);
      return "held";
    }
  }

  /** @returns "misheard" where a shell got into it that is known now. */
  async #hold(
    remotes: readonly RemoteScp[],
    dialogue: Dialogue,
  ): Promise<Outcome | "misheard"> {
    const failuresBefore = this.#reporter.failures;
    await using sessions = new AsyncDisposableStack();
    const started = remotes.map((remote) =>
      sessions.use(new FarScp(remote, this.#context))
    );
    for (const scp of started) await passShell(scp);
    const breaches = await dialogue(started);
    const scps = started.map((scp, at) => ({ scp, breach: breaches[at] }));
    const absence = await this.#missScp(scps);
    if (absence !== undefined) return absence;
    if (this.#heardShells(scps)) return "misheard";
    await this.#seeToTheirEnd(scps, failuresBefore);
    return "held";
  }

  /** What becomes of a dialogue with what was no scp; nothing if all were. */
  async #missScp(scps: readonly EndedScp[]): Promise<Outcome | undefined> {
    if (this.#job.interrupted.aborted) return undefined;
    let outcome: Outcome | undefined;
    for (const { scp, breach } of scps) {
      const why = await absenceOf(breach, scp);
      if (why === undefined) continue;
      const { protocols } = this.#context;
      outcome = protocols.missScp(scp.location, why) ? "no scp" : "held";
    }
    return outcome;
  }

  /** Remembers the shells that were taken for scp; whether there are any. */
  #heardShells(scps: readonly EndedScp[]): boolean {
    if (this.#job.interrupted.aborted) return false;
    let any = false;
    for (const { scp, breach } of scps) {
      if (scp.isMarked || !(breach instanceof GreetingError)) continue;
      this.#context.shells.add(scp.location, breach, scp.age);
      any = true;
    }
    return any;
  }

  /** Reports what each scp left to report. */
  async #seeToTheirEnd(
    scps: readonly EndedScp[],
    failuresBefore: number,
  ): Promise<void> {
    const isWhole = scps.every(({ breach }) => breach === undefined);
    for (const { scp: { location: { host } }, breach } of scps) {
      if (!(breach instanceof ProtocolError)) continue;
      const isTheirs = breach instanceof RefusalError && scps.length === 1;
      const message = breach.message +
        confusionHint(breach, this.#job.options);
      this.#reporter.failed(isTheirs ? message : `${host}: ${message}`);
    }
    if (scps.some(({ breach }) => breach instanceof ProtocolError)) return;
    const ends = await Promise.all(
      scps.map(({ scp }) => scp.session.end({ isWhole })),
    );
    const ended = scps.map(({ scp: { location, role }, breach }, at) => ({
      location,
      role,
      breach,
      end: ends[at]!,
    }));
    for (const { location, breach, end } of ended) {
      if (breach === undefined) continue;
      this.#reporter.failed(
        lostMessage(location, breach, { end, job: this.#job }),
      );
    }
    // What one host's end brings about at another is not that one's failure.
    if (!isWhole) return;
    for (const { location, role, end } of ended) {
      if (role === "-t") this.#hearLeftover(location, end);
    }
    for (const { location, end } of ended) {
      // An scp that could not copy something has said so, and ends with 1.
      const isTold = (end.code === 1 || this.#job.interrupted.aborted) &&
        this.#reporter.failures > failuresBefore;
      if (end.failure === undefined || isTold) continue;
      this.#reporter.failed(`${location.host}: ${end.failure}`);
    }
  }

  /**
   * A shell may say what looks like scp's first acknowledgement. Then each that
   * follows is taken for the one before it, and the last is left over.
   */
  #hearLeftover(location: RemoteLocation, { leftover }: SshEnd): void {
    // deno-lint-ignore no-control-regex
    const [, extra, refusal] = /^(\0*)(?:\x01(.*)\n)?/s.exec(leftover)!;
    if (extra !== "") this.#context.shells.tell(location, extra!);
    if (refusal !== undefined) this.#reporter.failed(refusal);
  }
}

/** @throws {ProtocolError} If a shell that talks does not get to scp. */
async function passShell(scp: FarScp): Promise<void> {
  try {
    await scp.passShell();
  } catch (error) {
    throw naming(scp.location.host, error);
  }
}
