import type { Channel } from "../channel/channel.ts";
import { PacedChannel, Pacer } from "../channel/paced_channel.ts";
import { ProtocolError, SessionError } from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Reporter } from "../progress/reporter.ts";
import { remoteScpCommand, sshArguments } from "../ssh/arguments.ts";
import { type SshEnd, SshSession } from "../ssh/session.ts";
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
   * Starts scp at a location and has `dialogue` talk to it. Reports what breaks
   * the dialogue, and an end of ssh that is no success.
   */
  async run(
    remote: RemoteScp,
    dialogue: (channel: Channel) => Promise<void>,
  ): Promise<void> {
    const failuresBefore = this.#reporter.failures;
    try {
      await using session = this.#start(remote);
      const lost = await dialogue(this.#paced(session.channel))
        .catch(sessionError);
      const end = await session.end();
      if (lost instanceof SessionError) {
        return this.#reportLost(remote.location, lost.message, end);
      }
      // An scp that could not copy something has said so, and ends with 1.
      const isTold = end.code === 1 && this.#reporter.failures > failuresBefore;
      if (end.failure === undefined || isTold) return;
      this.#reporter.failed(`${remote.location.host}: ${end.failure}`);
    } catch (error) {
      const isTheirs = error instanceof ProtocolError;
      const isSession = error instanceof SessionError;
      if (!isTheirs && !isSession) throw error;
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

  #paced(channel: Channel): Channel {
    return this.#pacer ? new PacedChannel(channel, this.#pacer) : channel;
  }

  #reportLost(
    { host }: RemoteLocation,
    what: string,
    { failure }: SshEnd,
  ): void {
    const why = this.#job.interrupted.aborted
      ? "interrupted"
      : failure ?? "the far side ended too early";
    this.#reporter.failed(`${host}: ${what}: ${why}`);
  }
}

/** For a `catch`: gives back a `SessionError` and rethrows anything else. */
function sessionError(error: unknown): SessionError {
  if (error instanceof SessionError) return error;
  throw error;
}
