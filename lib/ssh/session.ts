import type { Channel } from "../channel/channel.ts";
import { SessionError } from "../errors.ts";
import { decodeName } from "../files/name_bytes.ts";
import { systemReason } from "../files/system_error.ts";
import { ENOENT, LibcError } from "../system/libc.ts";
import { commandSpawner } from "./command_spawner.ts";
import { rawSpawner } from "./raw_spawner.ts";
import type {
  Process,
  ProcessEnd,
  Spawner,
  TalkingProcess,
} from "./spawner.ts";

/** How much the far side may say after all is done, in bytes. */
const IGNORED_BYTES = 64 * 1024;

/** How much of it is looked at. */
const KEPT_BYTES = 2048;

/** How long a far side that broke the protocol may take to end. */
const GRACE_MILLISECONDS = 500;

/** How long ssh may take to tell why its far side fell silent. */
const LOST_GRACE_MILLISECONDS = 5000;

/** How much later than ssh we may notice what ended us both. */
const NOTICE_MILLISECONDS = 100;

/** How an ssh ended. */
export interface SshEnd {
  /** Its exit status; 128 and the number if a signal ended it. */
  readonly code: number;
  /** Why that is no success; absent if it is one. */
  readonly failure?: string;
  /** How what it said after all was done begins. */
  readonly leftover: string;
}

export interface SessionOptions {
  /** Ends it when aborted. */
  readonly interrupted: AbortSignal;
  /** What is looked for on the far side, as a message calls it. */
  readonly seeks: string;
}

/**
 * A running ssh, or what stands for it, and the channel through its standard
 * input and output. Its standard error is ours, so that its prompts and
 * messages reach the user as they are.
 */
export class SshSession implements AsyncDisposable {
  readonly #process: TalkingProcess;
  readonly #options: SessionOptions;

  private constructor(process: TalkingProcess, options: SessionOptions) {
    this.#process = process;
    this.#options = options;
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
    const started = start(
      program,
      options.interrupted,
      (spawner) => spawner.talkTo(program, args),
    );
    return new SshSession(started, options);
  }

  get channel(): Channel {
    return this.#process.channel;
  }

  /** Whether the far side has said anything. */
  get hasHeard(): boolean {
    return this.#process.channel.hasReceived;
  }

  /**
   * Tells the far side that nothing more comes and waits until ssh ended.
   *
   * @param isWhole Whether all was done: else ssh gets some time to end.
   * @param readToEnd Resolves when whoever still reads from it does so no more.
   */
  async end(
    { isWhole, readToEnd }: { isWhole: boolean; readToEnd?: Promise<void> },
  ): Promise<SshEnd> {
    const timer = isWhole ? undefined : this.#stopIn(LOST_GRACE_MILLISECONDS);
    await this.channel.close();
    await readToEnd;
    const leftover = await this.#ignoreRest();
    const end = await endOf(this.#process, this.#options);
    clearTimeout(timer);
    return { ...end, leftover };
  }

  /**
   * A far shell may say more once scp has ended. Were it not read, ssh could
   * not end; were there no end to it, ssh is not waited for. Gives how it
   * begins.
   */
  async #ignoreRest(): Promise<string> {
    const beginning: number[] = [];
    for (let left = IGNORED_BYTES; left > 0;) {
      const part = await this.channel.read(left);
      if (part.length === 0) return decodeName(Uint8Array.from(beginning));
      beginning.push(...part.subarray(0, KEPT_BYTES - beginning.length));
      left -= part.length;
    }
    this.#process.stop();
    return decodeName(Uint8Array.from(beginning));
  }

  #stopIn(milliseconds: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#process.stop(), milliseconds);
  }

  /**
   * Ends ssh if it has not ended by itself. What was said last still leaves,
   * and a far side that takes it for the end gets a moment to do so.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    using process = this.#process;
    const timer = this.#stopIn(GRACE_MILLISECONDS);
    await process.channel.close();
    await process.ended;
    clearTimeout(timer);
  }
}

/**
 * Runs ssh for what it does by itself, with our standard output and error.
 *
 * @param interrupted Ends it when aborted.
 * @throws {SessionError} If it cannot be started.
 */
export async function runSsh(
  program: string,
  args: readonly string[],
  interrupted: AbortSignal,
): Promise<Omit<SshEnd, "leftover">> {
  const started = start(
    program,
    interrupted,
    (spawner) => spawner.run(program, args),
  );
  return await endOf(started, { interrupted, seeks: "scp" });
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
  { interrupted, seeks }: SessionOptions,
): Promise<Omit<SshEnd, "leftover">> {
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
    return `there is no ${seeks} on the far side (exit status 127)`;
  }
  return `the far side ended with exit status ${code}`;
}

function startFailure(program: string, error: unknown): string {
  if (isMissing(error)) {
    const hint = program === "ssh" ? ": is an ssh client installed?" : "";
    return `${program}: No such file or directory${hint}`;
  }
  return `${program}: ${systemReason(error)}`;
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof LibcError && error.code === ENOENT;
}
