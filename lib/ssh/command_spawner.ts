import { StreamChannel } from "../channel/stream_channel.ts";
import { EntryError } from "../errors.ts";
import type {
  Hear,
  Process,
  ProcessEnd,
  Spawner,
  TalkingProcess,
} from "./spawner.ts";

/** Time that standard error may stay open after its program, in milliseconds. */
const LAST_MILLISECONDS = 100;

/**
 * End of a program where the system tells none, as for the children of one that
 * was started with SIGCHLD ignored: that of an ssh that failed.
 */
const UNTOLD_END: ProcessEnd = { code: 255, signal: null };

/**
 * Starts programs as the runtime does, on every system. Throws an `EntryError`
 * for words that are not UTF-8: the runtime would change them. Standard error is
 * a pipe even where ours is a terminal, for what comes from a remote has to pass
 * the escape; Windows' ssh asks at the console all the same.
 */
export const commandSpawner: Spawner = {
  talkTo(program, args, hear): TalkingProcess {
    const child = spawn(program, args, {
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
    return {
      ...processOf(child, hear),
      channel: new StreamChannel(child.stdout, child.stdin),
      [Symbol.dispose]: () => {
        // The runtime closes its streams itself.
      },
    };
  },

  run(program, args, hear): Process {
    const child = spawn(program, args, {
      stdin: "null",
      stdout: "inherit",
      stderr: "piped",
    });
    return processOf(child, hear);
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

function processOf(child: Deno.ChildProcess, hear: Hear): Process {
  return {
    id: child.pid,
    ended: endedAndHeard(child, hear),
    stop: () => {
      try {
        child.kill("SIGTERM");
      } catch {
        // It has ended: the runtime may know before it tells.
      }
    },
  };
}

async function endedAndHeard(
  { status, stderr }: Deno.ChildProcess,
  hear: Hear,
): Promise<ProcessEnd> {
  const reader = stderr.getReader();
  const heard = (async () => {
    for (;;) {
      const { value } = await reader.read();
      if (value === undefined) return;
      hear(value);
    }
  })();
  const end = await status.catch(() => UNTOLD_END);
  // Others that it started may hold it for much longer.
  const timer = setTimeout(() => reader.cancel(), LAST_MILLISECONDS);
  await heard.catch(() => {
    // It can be read no more.
  });
  clearTimeout(timer);
  return end;
}
