import type { Channel } from "../channel/channel.ts";
import { PacedChannel, Pacer } from "../channel/paced_channel.ts";
import {
  GreetingError,
  naming,
  ProtocolError,
  RefusalError,
  SessionError,
} from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Reporter } from "../progress/reporter.ts";
import {
  markedCommand,
  remoteScpCommand,
  sshArguments,
} from "../ssh/arguments.ts";
import { type SshEnd, SshSession } from "../ssh/session.ts";
import type { CopyJob } from "./job.ts";
import { TalkativeShells } from "./talkative_shells.ts";

/** An scp on the far side. */
export interface RemoteScp {
  /** Sink or source. */
  readonly role: "-t" | "-f";
  readonly location: RemoteLocation;
  readonly targetIsFolder: boolean;
  /** Whether it is the second host of a copy between two. */
  readonly isSecond?: true;
}

/** What broke the dialogue with one far side; nothing if it was completed. */
export type Breach = ProtocolError | SessionError | undefined;

/** A dialogue with far sides; resolves to what broke it with each of them. */
export type Dialogue = (
  channels: readonly Channel[],
) => Promise<readonly Breach[]>;

/** For a `catch`: gives back what breaks a dialogue, rethrows anything else. */
export function breach(error: unknown): ProtocolError | SessionError {
  if (error instanceof ProtocolError || error instanceof SessionError) {
    return error;
  }
  throw error;
}

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
  readonly breach: Breach;
}

/** Starts scp on the hosts a job names, and sees each one to its end. */
export class FarSide {
  readonly #job: CopyJob;
  readonly #reporter: Reporter;
  readonly #pacer: Pacer | undefined;
  readonly #shells: TalkativeShells;

  constructor(job: CopyJob, reporter: Reporter) {
    this.#job = job;
    this.#reporter = reporter;
    this.#shells = new TalkativeShells(reporter);
    const { bitsPerSecond } = job.options;
    if (bitsPerSecond !== undefined) this.#pacer = new Pacer(bitsPerSecond);
  }

  /**
   * Starts scp at a location and has `dialogue` talk to it. Reports what breaks
   * the dialogue, and an end of ssh that is no success. Where a shell's words
   * got into it, the whole dialogue is held once more, without them.
   */
  async run(
    remote: RemoteScp,
    dialogue: (channel: Channel) => Promise<void>,
  ): Promise<void> {
    await this.runAll([remote], async ([channel]) => [
      await dialogue(channel!).then(() => undefined, breach),
    ]);
  }

  /** The same with several scps in one dialogue. */
  async runAll(
    remotes: readonly RemoteScp[],
    dialogue: Dialogue,
  ): Promise<void> {
    try {
      while (await this.#isMisheard(remotes, dialogue));
    } catch (error) {
      this.#reporter.failed(breach(error).message);
    }
  }

  /** Holds the dialogue; whether a shell got into it that is known now. */
  async #isMisheard(
    remotes: readonly RemoteScp[],
    dialogue: Dialogue,
  ): Promise<boolean> {
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
    if (this.#heardShells(scps)) return true;
    await this.#seeToTheirEnd(scps, failuresBefore);
    return false;
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
    const session = SshSession.start(options.ssh.program, args, interrupted);
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
      if (breach !== undefined) this.#reportLost(location, breach, end);
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

  #reportLost(
    { host }: RemoteLocation,
    { message }: SessionError,
    { failure }: SshEnd,
  ): void {
    const why = this.#job.interrupted.aborted
      ? "interrupted"
      : failure ?? "the far side ended too early";
    this.#reporter.failed(`${host}: ${message}: ${why}`);
  }
}
