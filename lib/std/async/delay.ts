/** Options of a wait. */
export interface DelayOptions {
  /** Ends the wait early. */
  signal?: AbortSignal;
}

/**
 * Resolves after a number of milliseconds; rejects with the reason of the signal
 * once that is aborted.
 */
export async function delay(
  ms: number,
  { signal }: DelayOptions = {},
): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const abort = () => reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
