import type { BufferedChannel } from "../channel/buffered_channel.ts";
import { SessionError } from "../errors.ts";
import { decodeName } from "../names/name_bytes.ts";
import { systemReason } from "../system/system_error.ts";
import { ENOENT, LibcError } from "../system/libc.ts";
import { ownPlatform } from "../system/own_platform.ts";
import { commandSpawner } from "./command_spawner.ts";
import { ErrorText } from "./error_text.ts";
import { findInPath } from "./program.ts";
import { outlastSilence, type Patience } from "./first_sign.ts";
import { type LoginView, viewLogin } from "./login_view.ts";
import { rawSpawner } from "./raw_spawner.ts";
import type {
  Process,
  ProcessEnd,
  Spawner,
  TalkingProcess,
} from "./spawner.ts";

/** How much the remote may say after all is done, in bytes. */
const IGNORED_BYTES = 64 * 1024;

/** How much of it is looked at. */
const KEPT_BYTES = 2048;

/** How long a remote that broke the protocol may take to end. */
const GRACE_MILLISECONDS = 500;

/** How long ssh may take to tell why its remote fell silent. */
const LOST_GRACE_MILLISECONDS = 5000;

/** How much later than ssh we may notice what ended us both. */
const NOTICE_MILLISECONDS = 100;

/** Exit status of an ssh. */
export interface ExitStatus {
  /** The number; 128 and the signal's if a signal ended it. */
  readonly code: number;
  /** Why that is no success; absent if it is one. */
  readonly failure?: string;
}

/** End of a session. */
export interface SshEnd extends ExitStatus {
  /** Start of what it said after all was done. */
  readonly leftover: string;
  /** True if it did not end by itself in its time, so that we ended it. */
  readonly stopped: boolean;
}

export interface SessionOptions {
  /** Ends it when aborted. */
  readonly interrupted: AbortSignal;
  /** What is looked for on the remote, as a message calls it. */
  readonly seeks: string;
  /**
   * Takes what ssh says on standard error, a remote's words among it: text as
   * `decodeName` gives it, lines ended or not, to be escaped before it is shown.
   */
  say(text: string): void;
}

/** End of a session as its caller wants it. */
export interface EndOptions {
  /** True if all was done: else ssh gets some time to end. */
  readonly isWhole: boolean;
  /** Resolves when whoever still reads from it does so no more. */
  readonly readToEnd?: Promise<void>;
  /**
   * Time in which ssh is to end, then it is stopped.
   *
   * @default None if all was done, else 5 seconds.
   */
  readonly graceMilliseconds?: number;
}

/**
 * A running ssh, or what stands for it, and the channel through its standard
 * input and output. Its standard error is read and handed on; its prompts go to
 * the terminal without us.
 */
export class SshSession implements AsyncDisposable {
  readonly #process: TalkingProcess;
  readonly #options: SessionOptions;
  readonly #errors: ErrorText;
  #wasStopped = false;
  /** Resolves, with nothing, when no more output of one we stopped is wanted. */
  readonly #abandoned = Promise.withResolvers<Uint8Array>();
  #abandonTimer: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    process: TalkingProcess,
    options: SessionOptions,
    errors: ErrorText,
  ) {
    this.#process = process;
    this.#options = options;
    this.#errors = errors;
  }

  /**
   * Starts `program`, found by the PATH if its name has no slash.
   *
   * @throws {SessionError} If it cannot be started.
   */
  static start(
    program: string,
    args: readonly string[],
    options: SessionOptions,
  ): SshSession {
    const errors = new ErrorText(options.say);
    const started = start(
      program,
      options.interrupted,
      (spawner) => spawner.talkTo(program, args, (part) => errors.take(part)),
    );
    return new SshSession(started, options, errors);
  }

  get channel(): BufferedChannel {
    return this.#process.channel;
  }

  /** Whether the remote has said anything. */
  get hasHeard(): boolean {
    return this.#process.channel.hasReceived;
  }

  /** The last lines of ssh's standard error so far, each cut to a limit. */
  get said(): readonly string[] {
    return this.#errors.said;
  }

  /**
   * Shows the lines that may tell that the wanted program is not there, and all
   * that follow; else they are dropped when the session ends.
   */
  showHeld(): void {
    this.#errors.showHeld();
  }

  /**
   * Waits for the first byte of the remote, and reads nothing.
   *
   * @returns `ended` if its stream ended before one; `silent` if none came in
   * time, after which one may yet come.
   */
  async firstSign(patience: Patience): Promise<"spoke" | "ended" | "silent"> {
    const over = new AbortController();
    const input = this.channel.awaitInput().then(() => "over" as const);
    const silence = outlastSilence({
      view: () => this.#view(),
      patience,
      over: over.signal,
    });
    const first = await Promise.race([input, silence]);
    over.abort();
    if (first === "silent") return "silent";
    return this.hasHeard ? "spoke" : "ended";
  }

  #view(): LoginView {
    const view = viewLogin(this.#process.id);
    return this.#errors.awaitsTouch ? { ...view, isAsking: true } : view;
  }

  /** Tells the remote that nothing more comes and waits until ssh ended. */
  async end(
    { isWhole, readToEnd, graceMilliseconds }: EndOptions,
  ): Promise<SshEnd> {
    const grace = graceMilliseconds ??
      (isWhole ? undefined : LOST_GRACE_MILLISECONDS);
    const timer = grace === undefined ? undefined : this.#stopIn(grace);
    await this.channel.close();
    await Promise.race([readToEnd, this.#abandoned.promise]);
    const leftover = await this.#ignoreRest();
    const end = await endOf(this.#process, this.#options);
    clearTimeout(timer);
    clearTimeout(this.#abandonTimer);
    this.#errors.end();
    return { ...end, leftover, stopped: this.#wasStopped };
  }

  /**
   * A remote shell may say more once scp has ended. Were it not read, ssh could
   * not end; were there no end to it, ssh is not waited for. Gives how it
   * begins.
   */
  async #ignoreRest(): Promise<string> {
    const beginning: number[] = [];
    for (let left = IGNORED_BYTES; left > 0;) {
      const part = await Promise.race([
        this.channel.read(left),
        this.#abandoned.promise,
      ]);
      if (part.length === 0) return decodeName(Uint8Array.from(beginning));
      beginning.push(...part.subarray(0, KEPT_BYTES - beginning.length));
      left -= part.length;
    }
    this.#stop();
    return decodeName(Uint8Array.from(beginning));
  }

  #stopIn(milliseconds: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#stop(), milliseconds);
  }

  /** Others that it started may hold its output, which then has no end. */
  #stop(): void {
    this.#wasStopped = true;
    this.#process.stop();
    const abandon = () => this.#abandoned.resolve(new Uint8Array());
    this.#process.ended.then(() => {
      this.#abandonTimer ??= setTimeout(abandon, GRACE_MILLISECONDS);
    });
  }

  /**
   * Ends ssh if it has not ended by itself. What was said last still leaves,
   * and a remote that takes it for the end gets a moment to do so.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    using process = this.#process;
    const timer = this.#stopIn(GRACE_MILLISECONDS);
    await process.channel.close();
    await process.ended;
    clearTimeout(timer);
    clearTimeout(this.#abandonTimer);
    this.#errors.end();
  }
}

/**
 * Runs ssh for what it does by itself, with our standard output.
 *
 * @throws {SessionError} If it cannot be started.
 */
export async function runSsh(
  program: string,
  args: readonly string[],
  { interrupted, say }: Pick<SessionOptions, "interrupted" | "say">,
): Promise<ExitStatus> {
  const errors = new ErrorText(say);
  errors.showHeld();
  const started = start(
    program,
    interrupted,
    (spawner) => spawner.run(program, args, (part) => errors.take(part)),
  );
  const end = await endOf(started, { interrupted, seeks: "scp" });
  errors.end();
  return end;
}

/** @param how Starts the program. */
function start<P extends Process>(
  program: string,
  interrupted: AbortSignal,
  how: (spawner: Spawner) => P,
): P {
  try {
    const started = how(rawSpawner() ?? commandSpawner);
    stopOnAbort(started, interrupted);
    return started;
  } catch (error) {
    throw new SessionError(startFailure(program, error), { cause: error });
  }
}

function stopOnAbort(process: Process, interrupted: AbortSignal): void {
  const stop = () => process.stop();
  interrupted.addEventListener("abort", stop);
  process.ended.then(() => interrupted.removeEventListener("abort", stop));
  if (interrupted.aborted) stop();
}

async function endOf(
  process: Process,
  { interrupted, seeks }: Pick<SessionOptions, "interrupted" | "seeks">,
): Promise<ExitStatus> {
  const end = await process.ended;
  if (end.signal !== null || end.code === 255) await noticed(interrupted);
  const { code } = end;
  return { code, ...(code === 0 ? {} : { failure: reason(end, seeks) }) };
}

/** A Ctrl-C reaches ssh and us alike: lets ours be noticed, if it was one. */
async function noticed(interrupted: AbortSignal): Promise<void> {
  if (interrupted.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, NOTICE_MILLISECONDS);
  interrupted.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}

function reason({ code, signal }: ProcessEnd, seeks: string): string {
  if (signal !== null) return `ssh was ended by ${signal}`;
  if (code === 255) return "ssh failed (exit status 255)";
  if (code === 127) {
    return `there is no ${seeks} on the remote (exit status 127)`;
  }
  return `the remote ended with exit status ${code}`;
}

function startFailure(program: string, error: unknown): string {
  if (isMissing(error)) {
    const isLacking = program === "ssh" && findInPath(program) === undefined;
    const hint = isLacking ? ": is an ssh client installed?" : "";
    return `${program}: No such file or directory${hint}`;
  }
  return `${program}: ${systemReason(error, ownPlatform)}`;
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof LibcError && error.code === ENOENT;
}
