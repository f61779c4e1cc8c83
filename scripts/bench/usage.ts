/** Resources that a running process has used. */
export interface Usage {
  /** In user and system mode, in seconds. */
  readonly cpuSeconds: number;
  /** The most that was in memory at once. */
  readonly peakBytes: number;
}

const INTERVAL_MILLISECONDS = 10;

/** Ticks a second in which the system counts a program's time. */
const TICKS_PER_SECOND = 100;

/** Indices of utime and stime among the fields behind a process's name. */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/**
 * Watches a process by itself, without those it starts, until it is disposed
 * of. It looks each 10 ms, and the system counts in units of 10 ms: what is
 * told lacks up to 20 ms of CPU time at the end, and a peak of memory in the
 * last 10 ms.
 */
export class UsageWatch implements Disposable {
  readonly #pid: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #usage: Usage | undefined;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#look(), INTERVAL_MILLISECONDS);
  }

  /**
   * Last reading; absent elsewhere than on Linux, and before the first one.
   */
  get usage(): Usage | undefined {
    return this.#usage;
  }

  #look(): void {
    this.#usage = readUsage(this.#pid) ?? this.#usage;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Nothing for a process that has ended, or where there is no `/proc`. */
function readUsage(pid: number): Usage | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const peak = /^VmHWM:\s*(\d+) kB$/m.exec(status);
    if (peak === null) return undefined;
    // The name may hold blanks and parentheses.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS]);
    return {
      cpuSeconds: ticks / TICKS_PER_SECOND,
      peakBytes: Number(peak[1]) * 1024,
    };
  } catch {
    return undefined;
  }
}
