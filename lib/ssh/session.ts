import type { Channel } from "../channel/channel.ts";
import { StreamChannel } from "../channel/stream_channel.ts";
import { SessionError } from "../errors.ts";
import { systemReason } from "../files/system_error.ts";
import { rawCommand } from "./raw_command.ts";

/** How much the far side may say after all is done, in bytes. */
const IGNORED_BYTES = 64 * 1024;

/** How long a far side that broke the protocol may take to end. */
const GRACE_MILLISECONDS = 500;

/** How much later than ssh we may notice what ended us both. */
const NOTICE_MILLISECONDS = 100;

/** How an ssh ended. */
export interface SshEnd {
  /** Its exit status; 128 and the number if a signal ended it. */
  readonly code: number;
  /** Why that is no success; absent if it is one. */
  readonly failure?: string;
  /** The first byte of what it said after all was done; absent for none. */
  readonly leftover?: number;
}

/**
 * A running ssh, or what stands for it, and the channel through its standard
 * input and output. Its standard error is ours, so that its prompts and
 * messages reach the user as they are.
 */
export class SshSession implements AsyncDisposable {
  readonly channel: Channel;
  readonly #child: Deno.ChildProcess;
  readonly #interrupted: AbortSignal;
  #ended = false;

  private constructor(child: Deno.ChildProcess, interrupted: AbortSignal) {
    this.#child = child;
    this.#interrupted = interrupted;
    this.channel = new StreamChannel(child.stdout, child.stdin);
    child.status.then(() => this.#ended = true);
  }

  /**
   * Starts `program`, found by the PATH if its name has no slash.
   *
   * @param interrupted Ends it when aborted.
   * @throws {SessionError} If it cannot be started.
   */
  static start(
    program: string,
    args: readonly string[],
    interrupted: AbortSignal,
  ): SshSession {
    const child = spawn(program, args, {
      stdin: "piped",
      stdout: "piped",
      signal: interrupted,
    });
    return new SshSession(child, interrupted);
  }

  /** Tells the far side that nothing more comes and waits until ssh ended. */
  async end(): Promise<SshEnd> {
    await this.channel.close();
    const leftover = await this.#ignoreRest();
    const end = await endOf(this.#child, this.#interrupted);
    return { ...end, ...(leftover === undefined ? {} : { leftover }) };
  }

  /**
   * A far shell may say more once scp has ended. Were it not read, ssh could
   * not end; were there no end to it, ssh is not waited for. Gives the first
   * byte of it.
   */
  async #ignoreRest(): Promise<number | undefined> {
    let first: number | undefined;
    for (let left = IGNORED_BYTES; left > 0;) {
      const part = await this.channel.read(left);
      if (part.length === 0) return first;
      first ??= part[0];
      left -= part.length;
    }
    if (!this.#ended) this.#child.kill("SIGTERM");
    return first;
  }

  /**
   * Ends ssh if it has not ended by itself. What was said last still leaves,
   * and a far side that takes it for the end gets a moment to do so.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => {
      if (!this.#ended) this.#child.kill("SIGTERM");
    }, GRACE_MILLISECONDS);
    await this.channel.close();
    await this.#child.status;
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
): Promise<SshEnd> {
  const child = spawn(program, args, {
    stdin: "null",
    stdout: "inherit",
    signal: interrupted,
  });
  return await endOf(child, interrupted);
}

function spawn(
  program: string,
  args: readonly string[],
  options: Deno.CommandOptions,
): Deno.ChildProcess {
  try {
    const raw = rawCommand(program, args);
    return new Deno.Command(raw.program, { ...options, args: [...raw.args] })
      .spawn();
  } catch (error) {
    throw new SessionError(startFailure(program, error), { cause: error });
  }
}

async function endOf(
  child: Deno.ChildProcess,
  interrupted: AbortSignal,
): Promise<SshEnd> {
  const { code, signal } = await child.status;
  if (signal !== null || code === 255) await noticed(interrupted);
  return { code, ...(code === 0 ? {} : { failure: reason(code, signal) }) };
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

function reason(code: number, signal: Deno.Signal | null): string {
  if (signal !== null) return `ssh was ended by ${signal}`;
  if (code === 255) return "ssh failed (exit status 255)";
  if (code === 127) return "there is no scp on the far side (exit status 127)";
  return `the far side ended with exit status ${code}`;
}

function startFailure(program: string, error: unknown): string {
  if (error instanceof Deno.errors.NotFound) {
    const hint = program === "ssh" ? ": is an ssh client installed?" : "";
    return `${program}: No such file or directory${hint}`;
  }
  return `${program}: ${systemReason(error)}`;
}
