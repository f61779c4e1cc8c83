import { runProgram } from "../process/program.ts";

interface DaemonOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Text by which it says that it is ready. */
  readonly banner: string;
}

/** A program that serves until the test ends it. */
export class Daemon implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
  }

  /** Starts it, and waits for its banner; `undefined` if it ends before. */
  static async start(
    [program, ...args]: readonly string[],
    { env = {}, banner }: DaemonOptions,
  ): Promise<Daemon | undefined> {
    const child = new Deno.Command(program!, {
      args,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const listen = async (stream: ReadableStream<Uint8Array>) => {
      let said = "";
      for await (const text of stream.pipeThrough(new TextDecoderStream())) {
        said += text;
        if (said.includes(banner)) resolve(true);
      }
    };
    Promise.all([listen(child.stdout), listen(child.stderr)])
      .then(() => resolve(false));
    if (await promise) return new Daemon(child);
    await child.status;
    return undefined;
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
