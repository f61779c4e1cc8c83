import { PipeChannel } from "./pipe_channel.ts";
import { close, makePipe, makeSocketPair } from "../system/descriptors.ts";
import { compileCalls } from "../system/libc.ts";
import { ErrorPipe } from "./error_pipe.ts";
import { canStartProcesses, startProcess } from "./raw_process.ts";
import type {
  Hear,
  Process,
  ProcessEnd,
  Spawner,
  TalkingProcess,
} from "./spawner.ts";

/** What waits on the way, at most: all of a pipe that is not root's. */
const PIPE_BYTES = 1024 * 1024;

/** What waits on the way to us: measured, half and twice as much are slower. */
const SOCKET_BYTES = 512 * 1024;

/**
 * Starts programs by the C library's calls, on Linux and macOS: their arguments
 * are any bytes, and more waits on the way to and from them than in the runtime's
 * pipes. There is none on other systems, nor where the library is another one or
 * does not behave as it should.
 */
export function rawSpawner(): Spawner | undefined {
  return canStartProcesses() ? { talkTo, run } : undefined;
}

function talkTo(
  program: string,
  args: readonly string[],
  hear: Hear,
): TalkingProcess {
  using ours = new DisposableStack();
  using theirs = new DisposableStack();
  const toIt = makePipe(PIPE_BYTES);
  theirs.adopt(toIt.readEnd, close);
  ours.adopt(toIt.writeEnd, close);
  // A socket, as scp has it: a pipe would wake us for each page of a write.
  const fromIt = makeSocketPair(SOCKET_BYTES);
  theirs.adopt(fromIt.writeEnd, close);
  ours.adopt(fromIt.readEnd, close);
  const errors = ours.use(new ErrorPipe(hear));
  const process = startProcess([program, ...args], {
    input: toIt.readEnd,
    output: fromIt.writeEnd,
    error: errors.writeEnd,
  });
  // It takes its time until it says something.
  compileCalls();
  // From here on they are the channel's to close.
  ours.move();
  const channel = new PipeChannel(fromIt.readEnd, toIt.writeEnd);
  return {
    id: process.id,
    channel,
    ended: endedAndHeard(process, errors),
    stop: () => process.stop(),
    [Symbol.dispose]: () => channel[Symbol.dispose](),
  };
}

function run(program: string, args: readonly string[], hear: Hear): Process {
  const STANDARD_OUTPUT = 1;
  using ours = new DisposableStack();
  using theirs = new DisposableStack();
  const { readEnd, writeEnd } = makePipe(PIPE_BYTES);
  close(writeEnd);
  theirs.adopt(readEnd, close);
  const errors = ours.use(new ErrorPipe(hear));
  const process = startProcess([program, ...args], {
    input: readEnd,
    output: STANDARD_OUTPUT,
    error: errors.writeEnd,
  });
  ours.move();
  return {
    id: process.id,
    ended: endedAndHeard(process, errors),
    stop: () => process.stop(),
  };
}

async function endedAndHeard(
  { ended }: Process,
  errors: ErrorPipe,
): Promise<ProcessEnd> {
  await errors.listenUntil(ended);
  return await ended;
}
