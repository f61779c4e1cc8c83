import { deadline } from "@std/async/deadline";
import { BATCH_MODE } from "../options/copy_options.ts";
import type { Channel } from "../channel/channel.ts";
import { readLine } from "../channel/line.ts";
import { isConnectionFailure } from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import { decodeName } from "../names/name_bytes.ts";
import { skipBanner } from "../scp/banner.ts";
import type { PlannedDirectory } from "../scp/tree_survey.ts";
import {
  NO_DIRECTORIES,
  parseAnswer,
  scriptCommand,
  scriptInput,
} from "../scp/directory_script.ts";
import {
  makingCommand,
  markedCommand,
  remoteScpCommand,
  remoteScpWithout,
  sshArguments,
} from "../ssh/arguments.ts";
import { type PromptWatch, watchPrompts } from "../ssh/prompt_watch.ts";
import type { SshSession } from "../ssh/session.ts";
import { newMarker } from "./banners.ts";
import { HeldOutput } from "./held_output.ts";
import type { SessionContext } from "./route.ts";
import type { ScpRequest } from "./scp_request.ts";
import { pacedChannel, startSsh, TRIAL_MILLISECONDS } from "./session_start.ts";

/** Directories that were made before a sink started. */
export interface PreparedDirectories {
  readonly plan: readonly PlannedDirectory[];
  /** Name of the private directory that the sink is in. */
  readonly key: string;
  /** True where the target was there; else the outermost directory is the target. */
  readonly isThere: boolean;
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
  /** Key of the directory script; absent where scp is run without it. */
  readonly key: string | undefined;
}

/** Longest answer of the directory script, in bytes. */
const MAX_ANSWER_BYTES = 64;

/** First bytes of a sink's answers and of a source's records. */
const FIRST_BYTES: Readonly<Record<ScpRequest["role"], string>> = {
  "-t": "\0\x01\x02",
  "-f": "\x01\x02CDET",
};

/** An scp that was started on a host, with an ssh of its own. */
export class RemoteScp implements AsyncDisposable {
  readonly role: "-t" | "-f";
  readonly location: RemoteLocation;
  #request: ScpRequest;
  readonly #context: SessionContext;
  readonly #interrupted: AbortSignal;
  #run: Run;
  #prepared: PreparedDirectories | undefined;
  /** Observer of an ssh that nobody is to hear of yet. */
  #held: HeldOutput | undefined;
  /** ssh of an earlier run, whose login others share. */
  #master: SshSession | undefined;

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

  /** Shows what ssh has said so far, and all that follows. */
  show(): void {
    this.#held?.release();
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
    const [first] = this.session.channel.arrived;
    return this.isMarked || this.#prepared !== undefined ||
      (first !== undefined &&
        FIRST_BYTES[this.role].includes(String.fromCharCode(first)));
  }

  /** True where ssh is known to have prompted. */
  get hasPrompted(): boolean {
    const { prompts } = this.#run;
    return prompts?.isBlind === false && prompts.hasPrompted;
  }

  /** True where ssh asked for nothing, or another one would not in any case. */
  get canRestart(): boolean {
    const { flags } = this.#context.job.options.ssh;
    return flags.includes(BATCH_MODE) ||
      this.#request.restartsSilently === true ||
      this.#run.prompts?.hasPrompted === false;
  }

  /** True where the directory script runs before the sink. */
  get isScripted(): boolean {
    return this.#run.key !== undefined;
  }

  /** Directories that were made; absent where the sink is in its target. */
  get prepared(): PreparedDirectories | undefined {
    return this.#prepared;
  }

  /**
   * Has the directory script make the directories that were asked for, now that the
   * remote has spoken. It makes none where ssh asked, as another login may be
   * needed, and then waits for the sink.
   *
   * @returns `unanswered` where there is no such shell; `ended` where no sink has
   * spoken.
   */
  async prepareDirectories(): Promise<"ready" | "unanswered" | "ended"> {
    const { key, session: { channel } } = this.#run;
    // A command that the server forces may be a sink itself.
    if (this.soundsLikeScp) return "ready";
    const answer = await this.#context.banners
      .skipFirst(this.location, channel, { marker: key!, age: this.age })
      .then(() => readLine(channel, MAX_ANSWER_BYTES))
      .then((line) => parseAnswer(decodeName(line ?? new Uint8Array())))
      .catch(unanswered);
    if (answer === undefined) return "unanswered";
    const plan = answer.isReady && this.canRestart
      ? this.#request.tree!.directories
      : [];
    await channel.write(plan.length > 0 ? scriptInput(plan) : NO_DIRECTORIES);
    await channel.flush();
    if (plan.length > 0) {
      this.#prepared = { plan, key: key!, isThere: answer.isThere };
      return "ready";
    }
    await channel.awaitInput();
    return channel.arrived.length === 0 ? "ended" : "ready";
  }

  /**
   * Skips the banner of a shell where one is expected.
   *
   * @throws {ProtocolError} If scp does not follow the banner.
   */
  async skipBanner(): Promise<void> {
    const { marker, session } = this.#run;
    if (marker === undefined) return;
    const { channel } = session;
    if (this.isTrial) await skipBanner(channel, marker, TRIAL_MILLISECONDS);
    else await this.#context.banners.skip(this.location, channel, marker);
  }

  /** True where the copy is made without it, too, should it not begin. */
  get isTrial(): boolean {
    return this.#request.isTrial === true;
  }

  /** Waits for scp's first message, for a second at most; tells that it has come. */
  async hasBegun(): Promise<boolean> {
    const { channel } = this.session;
    const input = channel.awaitInput();
    await deadline(input, TRIAL_MILLISECONDS).catch(() => {
      // It is too late.
    });
    return channel.arrived.length > 0;
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
    const { part } = this.#request;
    if (part?.kind === "master" && this.#master === undefined) {
      await this.#leaveMaster(part.socket);
    }
    await this.#startAgain({ ...this.#request, ...change });
    await this.skipBanner();
    return this.channel;
  }

  /** Has the next ssh share the login of this one, which goes on for others too. */
  async #leaveMaster(socket: string): Promise<void> {
    this.#master = this.session;
    this.#request = { ...this.#request, part: { kind: "shared", socket } };
    await this.session.channel.close();
  }

  /**
   * Ends the directory script as it is, and starts the sink without it.
   *
   * @throws {SessionError} If ssh cannot be started.
   */
  async startPlain(): Promise<void> {
    await this.#startAgain(this.#request);
  }

  async #startAgain(
    { tree: _, ...request }: ScpRequest,
  ): Promise<void> {
    if (this.session !== this.#master) {
      await this.session.end({ isWhole: false });
      await this.session[Symbol.asyncDispose]();
    }
    this.#run.prompts?.[Symbol.dispose]();
    this.#prepared = undefined;
    this.#run = this.#start(request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#run.prompts?.[Symbol.dispose]();
    await this.session[Symbol.asyncDispose]();
    if (this.#master === this.session) return;
    await this.#master?.[Symbol.asyncDispose]();
  }

  #start(request: ScpRequest): Run {
    const { location, mayRestart } = request;
    const { job: { options }, banners, hosts } = this.#context;
    const ssh = hosts.sshFor(location);
    const marker = request.isTrial ? newMarker() : banners.markerFor(location);
    const key = request.tree && newMarker();
    const command = this.#commandOf(request, { marker, key });
    using watches = new DisposableStack();
    const prompts = mayRestart ? watches.use(watchPrompts()) : undefined;
    const startedAt = performance.now();
    const { observer } = this.#context;
    const held = request.isTrial && !options.verbose
      ? new HeldOutput(observer)
      : undefined;
    this.#held = held;
    const session = startSsh(
      {
        location,
        program: options.ssh.program,
        args: sshArguments(ssh, location, command, request.part),
        command,
        service: "scp",
        isSecond: request.isSecond === true,
      },
      { observer: held ?? observer },
      this.#interrupted,
    );
    // From here on the run disposes of it.
    watches.move();
    return { session, prompts, startedAt, marker, key };
  }

  /** Gives the remote command. */
  #commandOf(
    { role, path, tree, ...request }: ScpRequest,
    { marker, key }: Pick<Run, "marker" | "key">,
  ): string {
    const { options } = this.#context.job;
    const scpOptions = {
      ...options,
      targetIsDirectory: request.targetIsDirectory,
      preserve: options.preserve || request.preserve === true ||
        // A sink takes given modes whole; no times are sent to it.
        (role === "-t" && options.modes !== undefined),
    };
    const makesTarget = role === "-t" && options.makesTarget === true;
    const first = makesTarget ? makingCommand(path) : "";
    if (tree !== undefined && key !== undefined) {
      return first + scriptCommand({
        key,
        target: path,
        name: tree.name,
        sink: remoteScpWithout(role, path, scpOptions),
      });
    }
    const plain = remoteScpCommand(role, path, scpOptions);
    return first +
      (marker === undefined ? plain : markedCommand(plain, marker));
  }
}

/** For a `catch`: gives nothing where the directory script does not answer. */
function unanswered(error: unknown): undefined {
  if (!isConnectionFailure(error)) throw error;
}
