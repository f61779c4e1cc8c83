/** Calls to the system, whose failures become those of one entry. */

import { EntryError, TooManyOpenError } from "../errors.ts";
import { LibcError } from "../system/libc.ts";
import { onWindows, ownPlatform } from "../system/own_platform.ts";
import { systemReason } from "../system/system_error.ts";

/** Numbers for too many open files: ENFILE and EMFILE, or Windows' own. */
const TOO_MANY_OPEN = onWindows ? [4] : [23, 24];

/**
 * Makes a call and gives its result; a promise is given as one that fails alike.
 *
 * @param what Path that a failure names, and perhaps the step.
 * @throws {TooManyOpenError} If nothing more can be open now.
 * @throws {EntryError} If it fails otherwise: `what: reason`.
 */
export function attempt<T>(what: string, call: () => T): T {
  try {
    const result = call();
    return result instanceof Promise
      ? result.catch((error) => fail(what, error)) as T
      : result;
  } catch (error) {
    return fail(what, error);
  }
}

function fail(what: string, cause: unknown): never {
  if (isFaultOfOurs(cause)) throw cause;
  const Kind = isTooManyOpen(cause) ? TooManyOpenError : EntryError;
  throw new Kind(`${what}: ${systemReason(cause, ownPlatform)}`, { cause });
}

/**
 * Tells a mistake of this program. The runtime throws a `TypeError` too, with a
 * code, for what the system calls an invalid argument.
 */
function isFaultOfOurs(error: unknown): boolean {
  return error instanceof TypeError && !("code" in error);
}

/** Reads the number; the runtime gives it in its message alone. */
function isTooManyOpen(error: unknown): boolean {
  const code = error instanceof LibcError
    ? error.code
    : Number(/\(os error (\d+)\)/.exec(String(error))?.[1]);
  return TOO_MANY_OPEN.includes(code);
}
