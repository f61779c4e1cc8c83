/** Calls to the system, whose failures are those of one entry. */

import { EntryError, TooManyOpenError } from "../errors.ts";
import { LibcError } from "../system/libc.ts";
import { ownPlatform } from "../system/own_platform.ts";
import { systemReason } from "../system/system_error.ts";

/** Numbers for too many open files: ENFILE and EMFILE, or Windows' own. */
const TOO_MANY_OPEN = ownPlatform === "windows" ? [4] : [23, 24];

/**
 * Gives what `call` gives.
 *
 * @param what The path, and perhaps what is done to it.
 * @throws {TooManyOpenError} If nothing more can be open now.
 * @throws {EntryError} If it fails otherwise: `what: reason`.
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
  if (isFaultOfOurs(cause)) throw cause;
  const Kind = isTooManyOpen(cause) ? TooManyOpenError : EntryError;
  return new Kind(`${what}: ${systemReason(cause, ownPlatform)}`, { cause });
}

/**
 * Tells a mistake of this program; what the system calls an invalid argument is a
 * `TypeError` with its code.
 */
function isFaultOfOurs(error: unknown): boolean {
  return error instanceof TypeError && !("code" in error);
}

/** The runtime tells the number in its message alone. */
function isTooManyOpen(error: unknown): boolean {
  const code = error instanceof LibcError
    ? error.code
    : Number(/\(os error (\d+)\)/.exec(String(error))?.[1]);
  return TOO_MANY_OPEN.includes(code);
}
