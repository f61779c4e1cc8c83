import { platform } from "./platform.ts";
import { readProcFile } from "./proc.ts";

/** Signals that can end a copy, as both systems number them. */
const NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGTERM: 15,
};

/** 64-bit words that every system's `struct sigaction` fits in. */
const RECORD_WORDS = 32;

const SIG_IGN = 1n;

/**
 * Tells whether this process was started with a signal ignored, as nohup and
 * shells do for what runs in the background. Is to be asked before the runtime
 * listens to it.
 */
export function isIgnored(signal: Deno.Signal): boolean {
  const number = NUMBERS[signal];
  if (number === undefined) return false;
  try {
    if (Deno.build.os === "linux") return isIgnoredOnLinux(number);
    if (Deno.build.os !== "darwin") return false;
    const action = new BigUint64Array(RECORD_WORDS);
    return sigaction(number, null, action) === 0 && action[0] === SIG_IGN;
  } catch {
    return false;
  }
}

function isIgnoredOnLinux(number: number): boolean {
  const status = readProcFile("/proc/self/status");
  const [, mask] = /^SigIgn:\t([0-9a-f]+)$/m.exec(status) ?? [];
  return mask !== undefined &&
    (BigInt(`0x${mask}`) >> BigInt(number - 1) & 1n) === 1n;
}

/** Ignores a signal, for the programs we run too. */
export function ignore(signal: Deno.Signal): void {
  const action = new BigUint64Array(RECORD_WORDS);
  action[0] = SIG_IGN;
  try {
    sigaction(NUMBERS[signal]!, action, null);
  } catch {
    // The system has no such call: whoever listens does nothing.
  }
}

function sigaction(
  number: number,
  next: BigUint64Array<ArrayBuffer> | null,
  before: BigUint64Array<ArrayBuffer> | null,
): number {
  const { symbols } = Deno.dlopen(platform.library, {
    sigaction: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  });
  return symbols.sigaction(number, next, before);
}
