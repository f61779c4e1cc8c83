import { BATCH_MODE } from "../options/copy_options.ts";
import type { Channel } from "../channel/channel.ts";
import type { RemoteLocation } from "../location/location.ts";
import {
  markedCommand,
  remoteScpCommand,
  sshArguments,
} from "../ssh/arguments.ts";
import { type PromptWatch, watchPrompts } from "../ssh/prompt_watch.ts";
import type { SshSession } from "../ssh/session.ts";
import type { SessionContext } from "./route.ts";
import { pacedChannel, startSsh } from "./session_start.ts";

/** Request for an scp on a host. */
export interface ScpRequest {
  /** Sink or source. */
  readonly role: "-t" | "-f";
  readonly location: RemoteLocation;
  /** Path as the remote shell is given it. */
  readonly path: string;
  readonly targetIsDirectory: boolean;
  /** True for the second host of a copy between two, which has no rate limit. */
  readonly isSecond?: boolean;
  /** True where a restart may be wanted. */
  readonly mayRestart?: boolean;
  /** True where the scp takes times, whatever the options are. */
  readonly preserve?: boolean;
}

/** One run of an scp. */
interface Run {
  readonly session: SshSession;
  /** Watch for questions of ssh; absent where no restart may be wanted. */
  readonly prompts: PromptWatch | undefined;
  /** Time of the start, by `performance.now()`. */
  readonly startedAt: number;
  /** Line just before scp's first message; absent where no banner is expected. */
  readonly marker: string | undefined;
}

/** First bytes of a sink's answers and of a source's records. */
const FIRST_BYTES: Readonly<Record<ScpRequest["role"], string>> = {
  "-t": "\0\x01\x02",
  "-f": "\x01\x02CDET",
};

/** An scp that was started on a host, with an ssh of its own. */
export class RemoteScp implements AsyncDisposable {
  readonly role: "-t" | "-f";
  readonly location: RemoteLocation;
  readonly #request: ScpRequest;
  readonly #context: SessionContext;
  readonly #interrupted: AbortSignal;
  #run: Run;

  /**
   * @param interrupted Ends the scp when aborted.
   * @throws {SessionError} If ssh cannot be started.
   */
  constructor(
    request: ScpRequest,
    context: SessionContext,
    interrupted: AbortSignal,
  ) {
    this.role = request.role;
    this.location = request.location;
    this.#request = request;
    this.#context = context;
    this.#interrupted = interrupted;
    this.#run = this.#start(request);
  }

  /** ssh of the current run. */
  get session(): SshSession {
    return this.#run.session;
  }

  /** Channel to the scp, at the rate that the user allows. */
  get channel(): Channel {
    const { channel } = this.session;
    return this.#request.isSecond
      ? channel
      : pacedChannel(channel, this.#context);
  }

  /** Time since the start of the scp, in milliseconds. */
  get age(): number {
    return performance.now() - this.#run.startedAt;
  }

  /** True where a banner before scp's first message is skipped. */
  get isMarked(): boolean {
    return this.#run.marker !== undefined;
  }

  /** True where the next byte of the channel may be scp's first one. */
  get soundsLikeScp(): boolean {
    const first = this.session.channel.peek();
    return this.isMarked ||
      (first !== undefined &&
        FIRST_BYTES[this.role].includes(String.fromCharCode(first)));
  }

  /** True where ssh asked for nothing, so that another login would not either. */
  get canRestart(): boolean {
    const { flags } = this.#context.job.options.ssh;
    return flags.includes(BATCH_MODE) ||
      this.#run.prompts?.hasPrompted === false;
  }

  /**
   * Skips the banner of a shell where one is expected.
   *
   * @throws {ProtocolError} If scp does not follow the banner.
   */
  async skipBanner(): Promise<void> {
    const { marker, session } = this.#run;
    if (marker === undefined) return;
    await this.#context.banners.skip(this.location, session.channel, marker);
  }

  /**
   * Ends the scp as it is, and starts another one in its place.
   *
   * @param change Path and kind of the other one's target.
   * @returns The channel to the other one.
   * @throws {ProtocolError} If scp does not follow a banner.
   * @throws {SessionError} If ssh cannot be started.
   */
  async restart(
    change: Pick<ScpRequest, "path" | "targetIsDirectory" | "preserve">,
  ): Promise<Channel> {
    await this.session.end({ isWhole: false });
    await this[Symbol.asyncDispose]();
    this.#run = this.#start({ ...this.#request, ...change });
    await this.skipBanner();
    return this.channel;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#run.prompts?.[Symbol.dispose]();
    await this.session[Symbol.asyncDispose]();
  }

  #start(request: ScpRequest): Run {
    const { role, location, path, mayRestart } = request;
    const { job: { options }, banners } = this.#context;
    const marker = banners.markerFor(location);
    const plain = remoteScpCommand(role, path, {
      ...options,
      targetIsDirectory: request.targetIsDirectory,
      preserve: options.preserve || request.preserve === true,
    });
    const command = marker === undefined ? plain : markedCommand(plain, marker);
    using watches = new DisposableStack();
    const prompts = mayRestart ? watches.use(watchPrompts()) : undefined;
    const startedAt = performance.now();
    const session = startSsh(
      {
        location,
        program: options.ssh.program,
        args: sshArguments(options.ssh, location, command),
        command,
        service: "scp",
        isSecond: request.isSecond === true,
      },
      this.#context,
      this.#interrupted,
    );
    // From here on the run disposes of it.
    watches.move();
    return { session, prompts, startedAt, marker };
  }
}
