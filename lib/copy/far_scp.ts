import type { Channel } from "../channel/channel.ts";
import { PacedChannel } from "../channel/paced_channel.ts";
import type { RemoteLocation } from "../location/location.ts";
import {
  BATCH_MODE,
  markedCommand,
  remoteScpCommand,
  sshArguments,
} from "../ssh/arguments.ts";
import { type AskingWatch, watchAsking } from "../ssh/asking.ts";
import { SshSession } from "../ssh/session.ts";
import type { DialogueContext } from "./context.ts";

/** An scp on the far side, as it is asked for. */
export interface RemoteScp {
  /** Sink or source. */
  readonly role: "-t" | "-f";
  readonly location: RemoteLocation;
  readonly targetIsFolder: boolean;
  /** Whether it is the second host of a copy between two. */
  readonly isSecond?: boolean;
  /** Whether a restart may be wanted. */
  readonly mayRestart?: boolean;
  /** Whether it is told of times, whatever the options are. */
  readonly preserve?: boolean;
}

/** One run of it. */
interface Run {
  readonly session: SshSession;
  /** Absent where nobody will want to know. */
  readonly asking: AskingWatch | undefined;
  /** By `performance.now()`. */
  readonly startedAt: number;
  /** What is said just before its first message, where a shell talks too. */
  readonly marker: string | undefined;
}

/** An scp on the far side that was started, in an ssh of its own. */
export class FarScp implements AsyncDisposable {
  readonly role: "-t" | "-f";
  readonly location: RemoteLocation;
  readonly #remote: RemoteScp;
  readonly #context: DialogueContext;
  #run: Run;
  #hasHeardBefore = false;

  /** @throws {SessionError} If ssh cannot be started. */
  constructor(remote: RemoteScp, context: DialogueContext) {
    this.role = remote.role;
    this.location = remote.location;
    this.#remote = remote;
    this.#context = context;
    this.#run = this.#start(remote);
  }

  get session(): SshSession {
    return this.#run.session;
  }

  /** What it is talked to through, at the rate that the user allows. */
  get channel(): Channel {
    const { pacer } = this.#context;
    const { channel } = this.session;
    const isPaced = pacer !== undefined && !this.#remote.isSecond;
    return isPaced ? new PacedChannel(channel, pacer) : channel;
  }

  /** How long it has run, in milliseconds. */
  get age(): number {
    return performance.now() - this.#run.startedAt;
  }

  /** Whether this scp, or one before it in its place, has said anything. */
  get hasHeard(): boolean {
    return this.#hasHeardBefore || this.session.hasHeard;
  }

  /** Whether a shell's words before its first message are passed over. */
  get isMarked(): boolean {
    return this.#run.marker !== undefined;
  }

  /** Whether another login would ask nobody for anything, nor did this one. */
  get canRestart(): boolean {
    const { flags } = this.#context.job.options.ssh;
    return flags.includes(BATCH_MODE) ||
      this.#run.asking?.hasAsked === false;
  }

  /** @throws {ProtocolError} If a shell that talks does not get to scp. */
  async passShell(): Promise<void> {
    const { marker, session } = this.#run;
    if (marker === undefined) return;
    await this.#context.shells.pass(this.location, session.channel, marker);
  }

  /**
   * Ends it as it is, and starts another one in its place.
   *
   * @param path Where that one is to work.
   * @returns What it is talked to through.
   * @throws {ProtocolError} If a shell that talks does not get to it.
   * @throws {SessionError} If ssh cannot be started.
   */
  async restart(
    path: string,
    { targetIsFolder = true, preserve = false } = {},
  ): Promise<Channel> {
    await this.session.end({ isWhole: false });
    this.#hasHeardBefore = this.hasHeard;
    await this[Symbol.asyncDispose]();
    this.#run = this.#start({
      ...this.#remote,
      location: { ...this.location, path },
      targetIsFolder,
      preserve,
    });
    await this.passShell();
    return this.channel;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#run.asking?.[Symbol.dispose]();
    await this.session[Symbol.asyncDispose]();
  }

  #start(
    { role, location, targetIsFolder, isSecond = false, ...remote }: RemoteScp,
  ): Run {
    const { job: { options, interrupted }, reporter, shells } = this.#context;
    const marker = shells.markerFor(location);
    const plain = remoteScpCommand(role, location.path, {
      ...options,
      targetIsFolder,
      preserve: options.preserve || remote.preserve === true,
    });
    const command = marker === undefined ? plain : markedCommand(plain, marker);
    reporter.explained(() =>
      `Executing: ${isSecond ? "2nd " : ""}program ${options.ssh.program} ` +
      `host ${location.host}, user ${location.user ?? "(unspecified)"}, ` +
      `command ${command}`
    );
    const args = sshArguments(options.ssh, location, command, {
      asksNothing: isSecond,
    });
    using watches = new DisposableStack();
    const asking = remote.mayRestart ? watches.use(watchAsking()) : undefined;
    const startedAt = performance.now();
    const session = SshSession.start(options.ssh.program, args, {
      interrupted,
      seeks: "scp",
    });
    // From here on it is the run's to dispose of.
    watches.move();
    return { session, asking, startedAt, marker };
  }
}
