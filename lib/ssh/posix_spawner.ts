import { PIPE_BYTES, PipeChannel } from "./pipe_channel.ts";
import { close, makePipe, makeSocketPair } from "../system/descriptors.ts";
import { compileCalls } from "../system/libc.ts";
import { StderrPipe } from "./stderr_pipe.ts";
import { startProcess } from "./posix_process.ts";
import { canSpawn, type SpawnOptions } from "./posix_spawn.ts";
import type {
  PipedProcess,
  Process,
  ProcessEnd,
  Spawner,
  StderrListener,
} from "./spawner.ts";

/** Capacity of a socket, in bytes: measured, half and twice as much are slower. */
const SOCKET_BYTES = 512 * 1024;

/**
 * Gives a spawner that uses posix_spawn(3), on Linux and macOS. Arguments are
 * any bytes, and pipes hold more than the runtime's. There is none on other
 * systems, or where the C library does not behave as expected.
 */
export function posixSpawner(): Spawner | undefined {
  return canSpawn() ? { spawnPiped, spawnInherited } : undefined;
}

function spawnPiped(
  program: string,
  args: readonly string[],
  onStderr: StderrListener,
  options?: SpawnOptions,
): PipedProcess {
  using ours = new DisposableStack();
  using theirs = new DisposableStack();
  const input = makePipe(PIPE_BYTES);
  theirs.adopt(input.readEnd, close);
  ours.adopt(input.writeEnd, close);
  // A socket, as in scp: a pipe would wake us for each page of a write.
  const output = makeSocketPair(SOCKET_BYTES);
  theirs.adopt(output.writeEnd, close);
  ours.adopt(output.readEnd, close);
  const stderr = ours.use(new StderrPipe(onStderr));
  const process = startProcess([program, ...args], {
    input: input.readEnd,
    output: output.writeEnd,
    error: stderr.writeEnd,
  }, options);
  // There is time for this until the first output.
  compileCalls("copy");
  // The channel owns the descriptors from now on.
  ours.move();
  const channel = new PipeChannel(output.readEnd, input.writeEnd);
  return {
    id: process.id,
    channel,
    ended: endedAndRead(process, stderr),
    stop: () => process.stop(),
    [Symbol.dispose]: () => channel[Symbol.dispose](),
  };
}

function spawnInherited(
  program: string,
  args: readonly string[],
  onStderr: StderrListener,
): Process {
  const STANDARD_OUTPUT = 1;
  using ours = new DisposableStack();
  using theirs = new DisposableStack();
  const { readEnd, writeEnd } = makePipe(PIPE_BYTES);
  close(writeEnd);
  theirs.adopt(readEnd, close);
  const stderr = ours.use(new StderrPipe(onStderr));
  const process = startProcess([program, ...args], {
    input: readEnd,
    output: STANDARD_OUTPUT,
    error: stderr.writeEnd,
  });
  ours.move();
  return {
    id: process.id,
    ended: endedAndRead(process, stderr),
    stop: () => process.stop(),
  };
}

async function endedAndRead(
  { ended }: Process,
  stderr: StderrPipe,
): Promise<ProcessEnd> {
  await stderr.listenUntil(ended);
  return await ended;
}
