import type { Channel } from "../channel/channel.ts";
import { PacedChannel, Pacer } from "../channel/paced_channel.ts";
import { ProtocolError, SessionError } from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Reporter } from "../progress/reporter.ts";
import { remoteScpCommand, sshArguments } from "../ssh/arguments.ts";
import { SshSession } from "../ssh/session.ts";
import type { CopyJob } from "./job.ts";

/** An scp on the far side. */
export interface RemoteScp {
  /** Sink or source. */
  readonly role: "-t" | "-f";
  readonly location: RemoteLocation;
  readonly targetIsFolder: boolean;
}

/** Starts scp on the hosts a job names, and sees each one to its end. */
export class FarSide {
  readonly #job: CopyJob;
  readonly #reporter: Reporter;
  readonly #pacer: Pacer | undefined;

  constructor(job: CopyJob, reporter: Reporter) {
    this.#job = job;
    this.#reporter = reporter;
    const { bitsPerSecond } = job.options;
    if (bitsPerSecond !== undefined) this.#pacer = new Pacer(bitsPerSecond);
  }

  /**
   * Starts scp at a location and has `dialogue` talk to it. Reports what breaks the dialogue, and an end of ssh that is no
   * success unless the far side has said why already.
   */
  async run(
    remote: RemoteScp,
    dialogue: (channel: Channel) => Promise<void>,
  ): Promise<void> {
    const failuresBefore = this.#reporter.failures;
    const { location } = remote;
    try {
      await using session = this.#start(remote);
      const broken = await this.#talk(session, dialogue);
      if (broken instanceof ProtocolError) {
        return this.#reporter.failed(broken.message);
      }
      const status = await session.end();
      if (broken !== undefined) {
        this.#reporter.failed(this.#lost(location, broken.message, status));
      } else if (
        status !== undefined && this.#reporter.failures === failuresBefore
      ) {
        this.#reporter.failed(`${location.host}: ${status}`);
      }
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      this.#reporter.failed(error.message);
    }
  }

  #start({ role, location, targetIsFolder }: RemoteScp): SshSession {
    const { options, interrupted } = this.#job;
    const command = remoteScpCommand(role, location.path, {
      ...options,
      targetIsFolder,
    });
    this.#reporter.explained(() =>
      `Executing: program ${options.ssh.program} host ${location.host}, ` +
      `user ${location.user ?? "(unspecified)"}, command ${command}`
    );
    const args = sshArguments(options.ssh, location, command);
    return SshSession.start(options.ssh.program, args, interrupted);
  }

  /** What broke the dialogue; `undefined` if it came to its end. */
  async #talk(
    session: SshSession,
    dialogue: (channel: Channel) => Promise<void>,
  ): Promise<ProtocolError | SessionError | undefined> {
    const { channel } = session;
    try {
      await dialogue(
        this.#pacer ? new PacedChannel(channel, this.#pacer) : channel,
      );
      return undefined;
    } catch (error) {
      if (error instanceof ProtocolError) return error;
      if (error instanceof SessionError) return error;
      throw error;
    }
  }

  #lost(
    { host }: RemoteLocation,
    what: string,
    status: string | undefined,
  ): string {
    if (this.#job.interrupted.aborted) return `${host}: ${what}: interrupted`;
    return `${host}: ${what}: ${status ?? "the far side ended too early"}`;
  }
}
