/** The hash script in a shell of this machine, with a PATH of its own. */

import { StreamChannel } from "../../../lib/channel/stream_channel.ts";
import { HASH_SCRIPT } from "../../../lib/digest/hash_script.ts";
import { RemoteHasher } from "../../../lib/digest/remote_hasher.ts";
import { readLine } from "../../../lib/channel/line.ts";

/** Hash script that runs in a child. */
export class HashShell implements AsyncDisposable {
  /** Dialogue with it; absent where it finds no tool. */
  readonly hasher: RemoteHasher | undefined;
  /** What it says, and what it is told. */
  readonly channel: StreamChannel;
  readonly #child: Deno.ChildProcess;

  private constructor(
    child: Deno.ChildProcess,
    channel: StreamChannel,
    hasher: RemoteHasher | undefined,
  ) {
    this.#child = child;
    this.channel = channel;
    this.hasher = hasher;
  }

  /**
   * Starts the script in a directory, with this PATH and these operands.
   *
   * @param shell Shell that runs it, and its first arguments.
   */
  static async start(
    { cwd, path, operands = [], shell: [shell, ...args] = ["/bin/sh"] }: {
      cwd: string;
      path: string;
      operands?: readonly string[];
      shell?: readonly [string, ...string[]];
    },
  ): Promise<HashShell> {
    const child = new Deno.Command(shell, {
      args: [...args, "-c", HASH_SCRIPT, "key", ...operands],
      cwd,
      clearEnv: true,
      env: { PATH: path },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const channel = new StreamChannel(child.stdout, child.stdin);
    await readLine(channel, 64);
    return new HashShell(child, channel, await RemoteHasher.begin(channel));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.channel.close();
    this.channel.endInput();
    await this.#child.status;
  }
}
