import type { BufferedChannel } from "../channel/buffered_channel.ts";
import { SessionError } from "../errors.ts";
import { decodeName } from "../names/name_bytes.ts";
import { systemReason } from "../system/system_error.ts";
import { ENOENT, LibcError } from "../system/libc.ts";
import { ownPlatform } from "../system/own_platform.ts";
import { commandSpawner } from "./command_spawner.ts";
import { type ExitStatus, exitStatusOf } from "./exit_status.ts";
import { type Patience, watchSilence } from "./first_output.ts";
import { type LoginState, readLoginState } from "./login_state.ts";
import { posixSpawner } from "./posix_spawner.ts";
import { findInPath } from "./program.ts";
import type { PipedProcess, Process, Spawner } from "./spawner.ts";
import { StderrText } from "./stderr_text.ts";

/** Most output, in bytes, to read and ignore at the end of a session. */
const IGNORED_BYTES = 64 * 1024;

/** Bytes of that output that are kept. */
const KEPT_BYTES = 2048;

/** Time for a remote that broke the protocol to end, in milliseconds. */
const GRACE_MILLISECONDS = 500;

/** Time for ssh to report why its remote fell silent, in milliseconds. */
const LOST_GRACE_MILLISECONDS = 5000;

/** End of a session. */
export interface SshEnd extends ExitStatus {
  /** Beginning of the output after everything was done. */
  readonly leftover: string;
  /** True where ssh did not end in time, so that it was stopped. */
  readonly stopped: boolean;
}

/** Settings of a session. */
export interface SessionOptions {
  /** Stops ssh when aborted. */
  readonly interrupted: AbortSignal;
  /** Program or server to run on the remote, as a message names it. */
  readonly service: string;
  /** True where a Ctrl-C on the terminal reaches us alone. */
  readonly isOutOfReach?: boolean;
  /** True where it need not heed an interrupt or the end of the terminal. */
  readonly holdsInterrupts?: boolean;
  /**
   * Takes the standard error of ssh and the remote: text as `decodeName` gives it,
   * whole lines or parts, to be escaped before it is shown.
   */
  onStderr(text: string): void;
}

/** Settings of the end of a session. */
export interface EndOptions {
  /** True where everything was done; else ssh gets a limited time to end. */
  readonly isWhole: boolean;
  /** Resolves once nobody else reads the channel. */
  readonly readToEnd?: Promise<void>;
  /**
   * Time for ssh to end before it is stopped, in milliseconds.
   *
   * @default No limit where everything was done, else 5 seconds.
   */
  readonly graceMilliseconds?: number;
}

/**
 * Running ssh, or a program in its place, with a channel to the remote. Standard
 * error is read and handed on; prompts go straight to the terminal.
 */
export class SshSession implements AsyncDisposable {
  readonly #process: PipedProcess;
  readonly #options: SessionOptions;
  readonly #stderr: StderrText;
  #wasStopped = false;
  /** Resolves, to no bytes, once no more output of a stopped ssh is read. */
  readonly #abandoned = Promise.withResolvers<Uint8Array>();
  #abandonTimer: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    process: PipedProcess,
    options: SessionOptions,
    stderr: StderrText,
  ) {
    this.#process = process;
    this.#options = options;
    this.#stderr = stderr;
  }

  /**
   * Starts `program`, looked up in the PATH if its name has no slash.
   *
   * @throws {SessionError} If it cannot be started.
   */
  static start(
    program: string,
    args: readonly string[],
    options: SessionOptions,
  ): SshSession {
    const stderr = new StderrText(options.onStderr);
    const process = start(
      program,
      options.interrupted,
      (spawner) =>
        spawner.spawnPiped(
          program,
          args,
          (part) => stderr.take(part),
          options,
        ),
    );
    return new SshSession(process, options, stderr);
  }

  /** Channel to the remote. */
  get channel(): BufferedChannel {
    return this.#process.channel;
  }

  /** True once the remote has sent a byte. */
  get hasOutput(): boolean {
    return this.#process.channel.hasReceived;
  }

  /** Last lines of standard error so far, each cut to a limit. */
  get stderrLines(): readonly string[] {
    return this.#stderr.lines;
  }

  /**
   * Shows the lines that may report a missing program, and all that follow. They
   * are dropped at the end of a session that does not call this.
   */
  showHeld(): void {
    this.#stderr.showHeld();
  }

  /**
   * Waits for the first byte of the remote, without reading it, unless it has come.
   *
   * @returns `ended` if the stream ended before the first byte; `silent` if none
   * came in time, though one may still come.
   */
  async awaitFirstOutput(
    patience: Patience,
  ): Promise<"spoke" | "ended" | "silent"> {
    if (this.hasOutput) return "spoke";
    const over = new AbortController();
    const input = this.channel.awaitInput().then(() => "over" as const);
    const silence = watchSilence({
      readState: () => this.#readState(),
      patience,
      over: over.signal,
    });
    const first = await Promise.race([input, silence]);
    over.abort();
    if (first === "silent") return "silent";
    return this.hasOutput ? "spoke" : "ended";
  }

  #readState(): LoginState {
    const state = readLoginState(this.#process.id);
    return this.#stderr.awaitsTouch ? { ...state, isPrompting: true } : state;
  }

  /** Closes the channel and waits for the end of ssh. */
  async end(
    { isWhole, readToEnd, graceMilliseconds }: EndOptions,
  ): Promise<SshEnd> {
    const grace = graceMilliseconds ??
      (isWhole ? undefined : LOST_GRACE_MILLISECONDS);
    const timer = grace === undefined ? undefined : this.#stopIn(grace);
    await this.channel.close();
    await Promise.race([readToEnd, this.#abandoned.promise]);
    const leftover = await this.#ignoreRest();
    const { interrupted, service } = this.#options;
    const status = await exitStatusOf(this.#process, interrupted, service);
    clearTimeout(timer);
    clearTimeout(this.#abandonTimer);
    this.#stderr.end();
    return { ...status, leftover, stopped: this.#wasStopped };
  }

  /**
   * Reads the output of a remote shell after scp has ended, so that ssh can end;
   * stops ssh where it exceeds a limit. Gives the beginning.
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

  /** Stops ssh. Its children may hold its output, which is then abandoned. */
  #stop(): void {
    this.#wasStopped = true;
    this.#process.stop();
    const abandon = () => this.#abandoned.resolve(new Uint8Array());
    this.#process.ended.then(() => {
      this.#abandonTimer ??= setTimeout(abandon, GRACE_MILLISECONDS);
    });
  }

  /**
   * Stops ssh if it has not ended. The last bytes written still leave, and a remote
   * that ends on them gets a moment to do so.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    using process = this.#process;
    const timer = this.#stopIn(GRACE_MILLISECONDS);
    await process.channel.close();
    await process.ended;
    clearTimeout(timer);
    clearTimeout(this.#abandonTimer);
    this.#stderr.end();
  }
}

/**
 * Runs ssh to its end, with our standard output.
 *
 * @throws {SessionError} If it cannot be started.
 */
export async function runSsh(
  program: string,
  args: readonly string[],
  { interrupted, onStderr }: Pick<SessionOptions, "interrupted" | "onStderr">,
): Promise<ExitStatus> {
  const stderr = new StderrText(onStderr);
  stderr.showHeld();
  const process = start(
    program,
    interrupted,
    (spawner) =>
      spawner.spawnInherited(program, args, (part) => stderr.take(part)),
  );
  const status = await exitStatusOf(process, interrupted, "scp");
  stderr.end();
  return status;
}

function start<P extends Process>(
  program: string,
  interrupted: AbortSignal,
  spawnWith: (spawner: Spawner) => P,
): P {
  try {
    const process = spawnWith(posixSpawner() ?? commandSpawner);
    stopOnAbort(process, interrupted);
    return process;
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
