import type { BufferedChannel } from "../channel/buffered_channel.ts";

/** How a process ended. */
export interface ProcessEnd {
  /** Its exit status; 128 and the number if a signal ended it. */
  readonly code: number;
  /** The signal's name, as in `SIGTERM`. */
  readonly signal: string | null;
}

/** A program that was started. */
export interface Process {
  /** Its process id; on Linux and macOS its own until it has ended. */
  readonly id: number;
  /** Resolves once it has ended and what it wrote to standard error was heard. */
  readonly ended: Promise<ProcessEnd>;
  /** Asks it to end, by SIGTERM; harmless once it has. */
  stop(): void;
}

/**
 * One that is talked to through its standard input and output. Disposed of
 * once it has ended, it leaves nothing open.
 */
export interface TalkingProcess extends Process, Disposable {
  readonly channel: BufferedChannel;
}

/** Takes what a program writes to standard error; valid during the call. */
export type Hear = (bytes: Uint8Array) => void;

/**
 * How this system starts programs, which the PATH leads to if their names have
 * no slash. Where one cannot be started, the system's error is thrown.
 */
export interface Spawner {
  talkTo(
    program: string,
    args: readonly string[],
    hear: Hear,
  ): TalkingProcess;
  /** Starts one that has nothing to read and prints where we print. */
  run(program: string, args: readonly string[], hear: Hear): Process;
}
