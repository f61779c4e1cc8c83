import { delay } from "./delay.ts";

/** Options of calls that are repeated. */
export interface PollOptions {
  /** Ends the calls. */
  signal?: AbortSignal;
  /**
   * Time between two calls, in milliseconds.
   *
   * @default {1000}
   */
  interval?: number;
}

/**
 * Calls a function again and again until its result is the one that is wanted, and
 * gives that; rejects with the reason of the signal once that is aborted.
 */
export async function poll<T>(
  fn: () => T,
  isDone: (result: Awaited<T>) => boolean,
  { signal, interval = 1000 }: PollOptions = {},
): Promise<Awaited<T>> {
  for (;;) {
    signal?.throwIfAborted();
    const result = await fn();
    if (isDone(result)) return result;
    await delay(interval, signal && { signal });
  }
}
