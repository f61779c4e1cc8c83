import { runProgram } from "../program.ts";

interface DaemonOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Text by which it says that it is ready. */
  readonly greeting: string;
}

/** A program that serves until the test ends it. */
export class Daemon implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #log: string[];

  private constructor(child: Deno.ChildProcess, log: string[]) {
    this.#child = child;
    this.#log = log;
  }

  /** Starts it, and waits for its greeting; `undefined` if it ends before. */
  static async start(
    [program, ...args]: readonly string[],
    { env = {}, greeting }: DaemonOptions,
  ): Promise<Daemon | undefined> {
    const child = new Deno.Command(program!, {
      args,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const log: string[] = [];
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const listen = async (stream: ReadableStream<Uint8Array>) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) {
        log.push(text);
        if (log.join("").includes(greeting)) resolve(true);
      }
    };
    Promise.all([listen(child.stdout), listen(child.stderr)])
      .then(() => resolve(false));
    if (await promise) return new Daemon(child, log);
    await child.status;
    return undefined;
  }

  /** Gives all that it has said. */
  get log(): string {
    return this.#log.join("");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
  }
}

/** Runs a program that has to succeed; gives what it says. */
export async function runWell(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { status, stdout, stderr } = await runProgram(command, { env });
  if (status !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
  return stdout;
}
