/** Calls to the system, whose failures are those of one entry. */

import { EntryError } from "../errors.ts";
import { systemReason } from "./system_error.ts";

/**
 * Gives what `call` gives.
 *
 * @param what The path, and perhaps what is done to it.
 * @throws {EntryError} If it fails: `what: reason`.
 */
export function attempt<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw failure(what, error);
  }
}

/** The same for a call that takes its time. */
export async function attemptLater<T>(
  what: string,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw failure(what, error);
  }
}

function failure(what: string, cause: unknown): EntryError {
  if (cause instanceof TypeError) throw cause;
  return new EntryError(`${what}: ${systemReason(cause)}`, { cause });
}
