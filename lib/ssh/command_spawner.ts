import { StreamChannel } from "../channel/stream_channel.ts";
import { EntryError } from "../errors.ts";
import type {
  PipedProcess,
  Process,
  ProcessEnd,
  Spawner,
  StderrListener,
} from "./spawner.ts";

/** Longest wait for the end of standard error after its program, in milliseconds. */
const LAST_MILLISECONDS = 100;

/**
 * End assumed where the system tells none, as where we were started with SIGCHLD
 * ignored: that of an ssh that failed.
 */
const UNKNOWN_END: ProcessEnd = { code: 255, signal: null };

/**
 * Spawner that uses `Deno.Command`, on every system. Throws an `EntryError` for
 * words that are not UTF-8, which the runtime would change. Standard error is a
 * pipe even where ours is a terminal, since a remote's output has to be escaped;
 * Windows' ssh prompts at the console all the same.
 */
export const commandSpawner: Spawner = {
  spawnPiped(program, args, onStderr): PipedProcess {
    const child = spawn(program, args, {
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
    return {
      ...processOf(child, onStderr),
      channel: new StreamChannel(child.stdout, child.stdin),
      [Symbol.dispose]: () => {
        // The runtime closes the streams itself.
      },
    };
  },

  spawnInherited(program, args, onStderr): Process {
    const child = spawn(program, args, {
      stdin: "null",
      stdout: "inherit",
      stderr: "piped",
    });
    return processOf(child, onStderr);
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

function processOf(
  child: Deno.ChildProcess,
  onStderr: StderrListener,
): Process {
  return {
    id: child.pid,
    ended: endedAndRead(child, onStderr),
    stop: () => {
      try {
        child.kill("SIGTERM");
      } catch {
        // The program has ended: `kill` may know before `status` resolves.
      }
    },
  };
}

async function endedAndRead(
  { status, stderr }: Deno.ChildProcess,
  onStderr: StderrListener,
): Promise<ProcessEnd> {
  const reader = stderr.getReader();
  const readToEnd = (async () => {
    for (;;) {
      const { value } = await reader.read();
      if (value === undefined) return;
      onStderr(value);
    }
  })();
  const end = await status.catch(() => UNKNOWN_END);
  // The program's children may hold the stream for much longer.
  const timer = setTimeout(() => reader.cancel(), LAST_MILLISECONDS);
  await readToEnd.catch(() => {
    // The stream cannot be read any more.
  });
  clearTimeout(timer);
  return end;
}
