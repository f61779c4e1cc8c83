/** Other processes, and what they bring about. */

import { poll } from "@std/async/poll";

/** Time in which an expected event must happen, in milliseconds. */
const PATIENCE_MILLISECONDS = 20_000;

/** Tells whether there is a process of this id that has not ended. */
export function isRunning(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Resolves once something holds that other processes bring about.
 *
 * @param what Names it where it does not come.
 */
export async function until(
  what: string,
  holds: () => boolean,
): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  try {
    await poll(holds, Boolean, { interval: 5, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Error(`never happened: ${what}`, { cause: error });
  }
}

/** A file's length; 0 where there is none. */
export function lengthOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
