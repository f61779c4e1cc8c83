import { BATCH_MODE } from "../options/copy_options.ts";
import type { Channel } from "../channel/channel.ts";
import { PacedChannel } from "../channel/paced_channel.ts";
import type { RemoteLocation } from "../location/location.ts";
import {
  markedCommand,
  remoteScpCommand,
  sshArguments,
} from "../ssh/arguments.ts";
import { type PromptWatch, watchPrompts } from "../ssh/prompt_watch.ts";
import { SshSession } from "../ssh/session.ts";
import type { DialogueContext } from "./context.ts";

/** Request for an scp on a host. */
export interface ScpRequest {
  /** Sink or source. */
  readonly role: "-t" | "-f";
  readonly location: RemoteLocation;
  /** Text of its path for the remote shell. */
  readonly path: string;
  readonly targetIsDirectory: boolean;
  /** True for the second host of a copy between two: it has no rate limit. */
  readonly isSecond?: boolean;
  /** True where a restart may be wanted. */
  readonly mayRestart?: boolean;
  /** True where it is told of times, whatever the options are. */
  readonly preserve?: boolean;
}

/** One run of it. */
interface Run {
  readonly session: SshSession;
  /** Absent where nobody will want to know. */
  readonly asking: PromptWatch | undefined;
  /** By `performance.now()`. */
  readonly startedAt: number;
  /** Line that comes just before its first message, where a shell talks too. */
  readonly marker: string | undefined;
}

/** First bytes of what scp says: a sink's answers, a source's records. */
const FIRST_BYTES: Readonly<Record<ScpRequest["role"], string>> = {
  "-t": "\0\x01\x02",
  "-f": "\x01\x02CDET",
};

/** An scp on a host that was started, in an ssh of its own. */
export class RemoteScp implements AsyncDisposable {
  readonly role: "-t" | "-f";
  readonly location: RemoteLocation;
  readonly #request: ScpRequest;
  readonly #context: DialogueContext;
  readonly #interrupted: AbortSignal;
  #run: Run;

  /**
   * @param interrupted Ends it when aborted.
   * @throws {SessionError} If ssh cannot be started.
   */
  constructor(
    request: ScpRequest,
    context: DialogueContext,
    interrupted: AbortSignal,
  ) {
    this.role = request.role;
    this.location = request.location;
    this.#request = request;
    this.#context = context;
    this.#interrupted = interrupted;
    this.#run = this.#start(request);
  }

  get session(): SshSession {
    return this.#run.session;
  }

  /** The channel to it, at the rate that the user allows. */
  get channel(): Channel {
    const { pacer } = this.#context;
    const { channel } = this.session;
    const isPaced = pacer !== undefined && !this.#request.isSecond;
    return isPaced ? new PacedChannel(channel, pacer) : channel;
  }

  /** Time since its start, in milliseconds. */
  get age(): number {
    return performance.now() - this.#run.startedAt;
  }

  /** True where a shell's words before its first message are passed over. */
  get isMarked(): boolean {
    return this.#run.marker !== undefined;
  }

  /** True where the first byte that waits to be read may be an scp's. */
  get soundsLikeScp(): boolean {
    const first = this.session.channel.peek();
    return this.isMarked ||
      (first !== undefined &&
        FIRST_BYTES[this.role].includes(String.fromCharCode(first)));
  }

  /** True where another login would ask nobody for anything, nor did this one. */
  get canRestart(): boolean {
    const { flags } = this.#context.job.options.ssh;
    return flags.includes(BATCH_MODE) ||
      this.#run.asking?.hasPrompted === false;
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
   * @param change Path and kind of the target of that one.
   * @returns The channel to it.
   * @throws {ProtocolError} If a shell that talks does not get to it.
   * @throws {SessionError} If ssh cannot be started.
   */
  async restart(
    change: Pick<ScpRequest, "path" | "targetIsDirectory" | "preserve">,
  ): Promise<Channel> {
    await this.session.end({ isWhole: false });
    await this[Symbol.asyncDispose]();
    this.#run = this.#start({ ...this.#request, ...change });
    await this.passShell();
    return this.channel;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#run.asking?.[Symbol.dispose]();
    await this.session[Symbol.asyncDispose]();
  }

  #start(request: ScpRequest): Run {
    const { role, location, path, isSecond = false, mayRestart } = request;
    const { job: { options }, observer, shells } = this.#context;
    const marker = shells.markerFor(location);
    const plain = remoteScpCommand(role, path, {
      ...options,
      targetIsDirectory: request.targetIsDirectory,
      preserve: options.preserve || request.preserve === true,
    });
    const command = marker === undefined ? plain : markedCommand(plain, marker);
    observer.report({
      kind: "verbose",
      message: () =>
        `Executing: ${isSecond ? "2nd " : ""}program ${options.ssh.program} ` +
        `host ${location.host}, user ${location.user ?? "(unspecified)"}, ` +
        `command ${command}`,
    });
    const args = sshArguments(options.ssh, location, command);
    using watches = new DisposableStack();
    const asking = mayRestart ? watches.use(watchPrompts()) : undefined;
    const startedAt = performance.now();
    const session = SshSession.start(options.ssh.program, args, {
      interrupted: this.#interrupted,
      service: "scp",
      onStderr: (text) => observer.report({ kind: "sshOutput", text: text }),
    });
    // From here on it is the run's to dispose of.
    watches.move();
    return { session, asking, startedAt, marker };
  }
}
