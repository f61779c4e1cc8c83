/** A shell that somebody types to, in a terminal of its own. */

import { isRunning, until } from "./processes.ts";

/** Time that anything may take on a busy machine, in milliseconds. */
const DEADLINE_MILLISECONDS = 30_000;

/** Interval between looks, in milliseconds. */
const GLANCE_MILLISECONDS = 30;

export interface TmuxOptions {
  readonly cwd: string;
  /** All of the environment that the shell has. */
  readonly env: Readonly<Record<string, string>>;
}

/** A terminal, held by a tmux that nobody else uses. */
export class Tmux implements AsyncDisposable {
  readonly #socket = `seacp-${crypto.randomUUID()}`;

  private constructor() {}

  /** Runs a command in a terminal of 100 columns and 50 rows. */
  static async start(
    command: readonly string[],
    { cwd, env }: TmuxOptions,
  ): Promise<Tmux> {
    const tmux = new Tmux();
    await tmux.#run([
      ...["new-session", "-d", "-x", "100", "-y", "50", "-c", cwd, "--"],
      ...["env", "-i", "TERM=screen"],
      ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
      ...command,
    ]);
    return tmux;
  }

  /** Types characters as they are. */
  async type(text: string): Promise<void> {
    await this.#run(["send-keys", "-l", "--", text]);
  }

  /** Presses keys by their names, such as `Tab`, `Enter` and `C-u`. */
  async press(...keys: string[]): Promise<void> {
    await this.#run(["send-keys", "--", ...keys]);
  }

  /** Gives the visible text, without empty lines at the end. */
  async screen(): Promise<string> {
    return (await this.#run(["capture-pane", "-p", "-J"])).trimEnd();
  }

  /**
   * Waits until there is to be seen what is waited for.
   *
   * @param again What may help, if it takes long.
   * @throws {Error} If it does not come: the message shows what is there.
   */
  async until(
    isThere: (screen: string) => boolean,
    again: () => Promise<void> = async () => {},
  ): Promise<string> {
    const deadline = Date.now() + DEADLINE_MILLISECONDS;
    for (let glances = 1;; glances++) {
      const screen = await this.screen();
      if (isThere(screen)) return screen;
      if (Date.now() > deadline) {
        throw new Error(`It did not come. There is:\n${screen}`);
      }
      await new Promise((resolve) => setTimeout(resolve, GLANCE_MILLISECONDS));
      if (glances % 100 === 0) await again();
    }
  }

  async #run(args: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-u", "-L", this.#socket, "-f", "/dev/null", ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`tmux: ${decoder.decode(stderr)}`);
    return decoder.decode(stdout);
  }

  /** Ends the shell: what it has to write when that happens is written then. */
  async [Symbol.asyncDispose](): Promise<void> {
    const pid = await this.#run(["display-message", "-p", "#{pane_pid}"]);
    await this.#run(["kill-server"]);
    await until("the shell has ended", () => !isRunning(Number(pid)));
  }
}
