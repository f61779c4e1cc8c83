import type { BufferedChannel } from "../channel/buffered_channel.ts";
import type { SpawnOptions } from "./posix_spawn.ts";

/** End of a process. */
export interface ProcessEnd {
  /** Exit status; 128 and the number if a signal ended the process. */
  readonly code: number;
  /** Name of that signal, as in `SIGTERM`. */
  readonly signal: string | null;
}

/** Process of a program that was started. */
export interface Process {
  /** Process id; on Linux and macOS no other process has it before the end. */
  readonly id: number;
  /** Resolves after the end, once all of standard error was handed on. */
  readonly ended: Promise<ProcessEnd>;
  /** Sends SIGTERM; does nothing after the end. */
  stop(): void;
}

/**
 * Process whose standard input and output are a channel. Disposed of after the
 * end, it leaves nothing open.
 */
export interface PipedProcess extends Process, Disposable {
  readonly channel: BufferedChannel;
}

/** Takes output on standard error; the bytes are valid during the call. */
export type StderrListener = (bytes: Uint8Array) => void;

/**
 * Starts programs, looked up in the PATH if their names have no slash. Throws
 * the system's error where one cannot be started.
 */
export interface Spawner {
  /**
   * Starts a program whose standard input and output are a channel.
   *
   * @param options Settings that not every system has.
   */
  spawnPiped(
    program: string,
    args: readonly string[],
    onStderr: StderrListener,
    options?: SpawnOptions,
  ): PipedProcess;
  /** Starts a program without input, whose standard output is ours. */
  spawnInherited(
    program: string,
    args: readonly string[],
    onStderr: StderrListener,
  ): Process;
}
