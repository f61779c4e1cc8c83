import { abi } from "./abi.ts";
import { readProcFile } from "./proc.ts";

/** Signals that can end a copy, by <signal.h> of Linux and macOS. */
const NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGTERM: 15,
  SIGXFSZ: 25,
};

/** 64-bit words that every system's `struct sigaction` fits in. */
const RECORD_WORDS = 32;

/** Handler that ignores a signal, by <signal.h> of Linux and macOS. */
const SIG_IGN = 1n;

/**
 * Gives those of some signals that this process was started with ignored, as nohup
 * and shells do for background jobs. Must be called before the runtime listens to
 * them.
 */
export function ignoredSignals(
  signals: readonly Deno.Signal[],
): readonly Deno.Signal[] {
  try {
    if (Deno.build.os === "linux") return ignoredOnLinux(signals);
    if (Deno.build.os !== "darwin") return [];
    return signals.filter((signal) => {
      const action = new BigUint64Array(RECORD_WORDS);
      return sigaction(NUMBERS[signal]!, null, action) === 0 &&
        action[0] === SIG_IGN;
    });
  } catch {
    return [];
  }
}

function ignoredOnLinux(
  signals: readonly Deno.Signal[],
): readonly Deno.Signal[] {
  const status = readProcFile("/proc/self/status");
  const [, digits] = /^SigIgn:\t([0-9a-f]+)$/m.exec(status) ?? [];
  if (digits === undefined) return [];
  const mask = BigInt(`0x${digits}`);
  return signals.filter((signal) =>
    (mask >> BigInt(NUMBERS[signal]! - 1) & 1n) === 1n
  );
}

/** Ignores a signal, here and in the programs we run. */
export function ignore(signal: Deno.Signal): void {
  const action = new BigUint64Array(RECORD_WORDS);
  action[0] = SIG_IGN;
  try {
    sigaction(NUMBERS[signal]!, action, null);
  } catch {
    // Without the call, the signal's listener does nothing.
  }
}

function sigaction(
  number: number,
  next: BigUint64Array<ArrayBuffer> | null,
  before: BigUint64Array<ArrayBuffer> | null,
): number {
  const { symbols } = Deno.dlopen(abi.library, {
    sigaction: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  });
  return symbols.sigaction(number, next, before);
}
