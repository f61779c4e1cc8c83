import { delay } from "@std/async/delay";
import { type Calls, checked, libcCalls } from "../system/libc.ts";
import { abi } from "../system/abi.ts";
import { spawn, type SpawnOptions, type Streams } from "./posix_spawn.ts";
import type { Process, ProcessEnd } from "./spawner.ts";

const FUNCTIONS = {
  waitid: {
    parameters: ["i32", "u32", "buffer", "i32"],
    result: "i32",
    nonblocking: true,
  },
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
} as const;

let loaded: Calls<typeof FUNCTIONS> | undefined;

function libc(): Calls<typeof FUNCTIONS> {
  return loaded ??= libcCalls(FUNCTIONS);
}

/** Bytes that hold a siginfo_t, of 128 bytes at most. */
const SIGINFO_BYTES = 512;

/**
 * Starts a program as `spawn` does.
 *
 * @throws {LibcError} If it cannot be started.
 */
export function startProcess(
  words: readonly string[],
  streams: Streams,
  options: SpawnOptions = {},
): Process {
  return new PosixProcess(spawn(words, streams, options));
}

class PosixProcess implements Process {
  readonly id: number;
  readonly ended: Promise<ProcessEnd>;
  #isReaped = false;

  constructor(id: number) {
    this.id = id;
    this.ended = this.#awaitEnd();
  }

  stop(): void {
    if (!this.#isReaped) Deno.kill(this.id, "SIGTERM");
  }

  /**
   * Waits on another thread, but reaps on this one, so that the process id stays
   * this program's until `#isReaped` is set.
   */
  async #awaitEnd(): Promise<ProcessEnd> {
    const WNOHANG = 1; // Of <sys/wait.h>, the same on Linux and macOS.
    const status = new Int32Array(1);
    do {
      await this.#mayHaveEnded();
    } while (
      checked(() => libc().waitpid(this.id, status, WNOHANG)) !== this.id
    );
    this.#isReaped = true;
    return endOf(status[0]!);
  }

  /** Resolves once the program may have ended. */
  async #mayHaveEnded(): Promise<void> {
    // Of <sys/wait.h>, the same on Linux and macOS.
    const P_PID = 1;
    const WEXITED = 4;
    const { WNOWAIT } = abi;
    const info = new Uint8Array(SIGINFO_BYTES);
    const error = await libc().waitid(P_PID, this.id, info, WEXITED | WNOWAIT);
    // Keeps the buffer from the garbage collector up to here.
    info.fill(0);
    // A signal interrupts the call, or a container's filter refuses it.
    if (error !== 0) await delay(LOOK_MILLISECONDS);
  }
}

/** Time between looks where waitid(2) fails. */
const LOOK_MILLISECONDS = 10;

/** Decodes a status as waitpid(2) gives it. */
function endOf(status: number): ProcessEnd {
  const signal = status & 0x7f;
  return signal === 0
    ? { code: status >> 8 & 0xff, signal: null }
    : { code: 128 + signal, signal: signalName(signal, Deno.build.os) };
}

/** Signals of each system in the order of their numbers, from 1 on. */
const SIGNALS: Readonly<Record<string, string>> = {
  linux: "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM " +
    "TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF " +
    "WINCH IO PWR SYS",
  darwin: "HUP INT QUIT ILL TRAP ABRT EMT FPE KILL BUS SEGV SYS PIPE ALRM " +
    "TERM URG STOP TSTP CONT CHLD TTIN TTOU IO XCPU XFSZ VTALRM PROF WINCH " +
    "INFO USR1 USR2",
};

/** Gives the name of a signal, as in `SIGTERM`; `SIG40` for one without. */
export function signalName(number: number, os: string): string {
  return `SIG${SIGNALS[os]?.split(" ")[number - 1] ?? number}`;
}
