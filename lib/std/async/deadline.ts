/**
 * Settles as a promise does, or rejects after a number of milliseconds.
 *
 * @throws {DOMException} A `TimeoutError` where the promise has not settled then.
 */
export async function deadline<T>(p: Promise<T>, ms: number): Promise<T> {
  const signal = AbortSignal.timeout(ms);
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([promise, p]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
