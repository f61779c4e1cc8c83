import type { Channel } from "../channel/channel.ts";
import { PacedChannel, type Pacer } from "../channel/paced_channel.ts";
import {
  GreetingError,
  naming,
  ProtocolError,
  RefusalError,
} from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Reporter } from "../progress/reporter.ts";
import {
  markedCommand,
  remoteScpCommand,
  sshArguments,
} from "../ssh/arguments.ts";
import { type SshEnd, SshSession } from "../ssh/session.ts";
import { type Breach, breach } from "./breach.ts";
import type { DialogueContext } from "./context.ts";
import type { CopyJob } from "./job.ts";
import { lostMessage } from "./lost.ts";
import type { Protocols } from "./protocols.ts";
import { absenceOf } from "./scp_absence.ts";
import type { TalkativeShells } from "./talkative_shells.ts";

/** An scp on the far side. */
export interface RemoteScp {
  /** Sink or source. */
  readonly role: "-t" | "-f";
  readonly location: RemoteLocation;
  readonly targetIsFolder: boolean;
  /** Whether it is the second host of a copy between two. */
  readonly isSecond?: true;
}

/**
 * A dialogue with far sides; resolves to what broke it with each of them, and to
 * nothing for one where it was completed.
 */
export type Dialogue = (
  channels: readonly Channel[],
) => Promise<readonly (Breach | undefined)[]>;

/** An scp that was started, in an ssh of its own. */
interface StartedScp extends RemoteScp {
  readonly session: SshSession;
  /** By `performance.now()`. */
  readonly startedAt: number;
  /** What is said just before its first message, where a shell talks too. */
  readonly marker: string | undefined;
}

/** An scp that was talked to. */
interface EndedScp extends StartedScp {
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
  readonly #job: CopyJob;
  readonly #reporter: Reporter;
  readonly #pacer: Pacer | undefined;
  readonly #shells: TalkativeShells;
  readonly #protocols: Protocols;

  constructor(
    { job, reporter, pacer, shells, protocols }: DialogueContext,
  ) {
    this.#job = job;
    this.#reporter = reporter;
    this.#pacer = pacer;
    this.#shells = shells;
    this.#protocols = protocols;
  }

  /**
   * Starts scp at a location and has `dialogue` talk to it. Reports what breaks
   * the dialogue, and an end of ssh that is no success. Where a shell's words
   * got into it, the whole dialogue is held once more, without them. Where there
   * is no scp, and another protocol may be spoken, only that is reported.
   */
  async run(
    remote: RemoteScp,
    dialogue: (channel: Channel) => Promise<void>,
  ): Promise<Outcome> {
    return await this.runAll([remote], async ([channel]) => [
      await dialogue(channel!).then(() => undefined, breach),
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
    const started = remotes.map((remote) => {
      const scp = this.#start(remote);
      sessions.use(scp.session);
      return scp;
    });
    for (const scp of started) await this.#passShell(scp);
    const breaches = await dialogue(
      started.map(({ isSecond, session }) =>
        isSecond ? session.channel : this.#paced(session.channel)
      ),
    );
    const scps = started.map((scp, at) => ({ ...scp, breach: breaches[at] }));
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
    for (const { location, breach, session } of scps) {
      const why = await absenceOf(breach, session);
      if (why === undefined) continue;
      outcome = this.#protocols.missScp(location, why) ? "no scp" : "held";
    }
    return outcome;
  }

  #start(remote: RemoteScp): StartedScp {
    const { role, location, targetIsFolder, isSecond = false } = remote;
    const { options, interrupted } = this.#job;
    const marker = this.#shells.markerFor(location);
    const plain = remoteScpCommand(role, location.path, {
      ...options,
      targetIsFolder,
    });
    const command = marker === undefined ? plain : markedCommand(plain, marker);
    this.#reporter.explained(() =>
      `Executing: ${isSecond ? "2nd " : ""}program ${options.ssh.program} ` +
      `host ${location.host}, user ${location.user ?? "(unspecified)"}, ` +
      `command ${command}`
    );
    const args = sshArguments(options.ssh, location, command, {
      asksNothing: isSecond,
    });
    const startedAt = performance.now();
    const session = SshSession.start(options.ssh.program, args, {
      interrupted,
      seeks: "scp",
    });
    return { ...remote, session, startedAt, marker };
  }

  #paced(channel: Channel): Channel {
    return this.#pacer ? new PacedChannel(channel, this.#pacer) : channel;
  }

  /** @throws {ProtocolError} If a shell that talks does not get to scp. */
  async #passShell({ location, session, marker }: StartedScp): Promise<void> {
    if (marker === undefined) return;
    try {
      await this.#shells.pass(location, session.channel, marker);
    } catch (error) {
      throw naming(location.host, error);
    }
  }

  /** Remembers the shells that were taken for scp; whether there are any. */
  #heardShells(scps: readonly EndedScp[]): boolean {
    if (this.#job.interrupted.aborted) return false;
    let any = false;
    for (const { location, marker, breach, startedAt } of scps) {
      if (marker !== undefined || !(breach instanceof GreetingError)) continue;
      this.#shells.add(location, breach, performance.now() - startedAt);
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
    for (const { location: { host }, breach } of scps) {
      if (!(breach instanceof ProtocolError)) continue;
      const isTheirs = breach instanceof RefusalError && scps.length === 1;
      const { message } = breach;
      this.#reporter.failed(isTheirs ? message : `${host}: ${message}`);
    }
    if (scps.some(({ breach }) => breach instanceof ProtocolError)) return;
    const ends = await Promise.all(
      scps.map(({ session }) => session.end({ isWhole })),
    );
    const ended = scps.map((scp, at) => ({ ...scp, end: ends[at]! }));
    for (const { location, breach, end } of ended) {
      if (breach === undefined) continue;
      this.#reporter.failed(
        lostMessage(location, breach, { end, job: this.#job }),
      );
    }
    // What one host's end brings about at another is not that one's failure.
    if (!isWhole) return;
    for (const scp of ended) {
      if (scp.role === "-t") this.#hearLeftover(scp);
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
  #hearLeftover(
    { location, end: { leftover } }: EndedScp & { readonly end: SshEnd },
  ): void {
    // deno-lint-ignore no-control-regex
    const [, extra, refusal] = /^(\0*)(?:\x01(.*)\n)?/s.exec(leftover)!;
    if (extra !== "") this.#shells.tell(location, extra!);
    if (refusal !== undefined) this.#reporter.failed(refusal);
  }
}
