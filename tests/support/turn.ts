import { setImmediate } from "node:timers/promises";

/**
 * Resolves when all that goes on here waits for something else: the system, or
 * what a test has yet to do.
 */
export async function turn(): Promise<void> {
  // What has been at work for some time takes a turn of the event loop itself.
  await setImmediate();
  await setImmediate();
}
