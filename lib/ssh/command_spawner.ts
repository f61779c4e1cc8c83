import { StreamChannel } from "../channel/stream_channel.ts";
import { EntryError } from "../errors.ts";
import type { Process, Spawner, TalkingProcess } from "./spawner.ts";

/**
 * Starts programs as the runtime does, on every system. Throws an `EntryError`
 * for words that are not UTF-8: the runtime would change them.
 */
export const commandSpawner: Spawner = {
  talkTo(program, args): TalkingProcess {
    const child = spawn(program, args, { stdin: "piped", stdout: "piped" });
    return {
      ...processOf(child),
      channel: new StreamChannel(child.stdout, child.stdin),
      [Symbol.dispose]: () => {
        // The runtime closes its streams itself.
      },
    };
  },

  run(program, args): Process {
    return processOf(
      spawn(program, args, { stdin: "null", stdout: "inherit" }),
    );
  },
};

function spawn(
  program: string,
  args: readonly string[],
  options: Deno.CommandOptions,
): Deno.ChildProcess {
  const odd = [program, ...args].find((word) => !word.isWellFormed());
  if (odd !== undefined) {
    throw new EntryError(
      `${odd}: what is not UTF-8 cannot be said to ssh here`,
    );
  }
  return new Deno.Command(program, { ...options, args: [...args] }).spawn();
}

function processOf(child: Deno.ChildProcess): Process {
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  return {
    ended: child.status,
    stop: () => {
      if (!hasEnded) child.kill("SIGTERM");
    },
  };
}
