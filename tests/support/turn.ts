import { setImmediate } from "node:timers/promises";

/**
 * Resolves when all that goes on here waits for something else: the system, or
 * what a test has yet to do.
 */
export async function turn(): Promise<void> {
  await setImmediate();
}
