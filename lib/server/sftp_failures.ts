/** Statuses that tell a client of SFTP why a request failed. */

import { EntryError } from "../errors.ts";
import type { ServerResponse } from "../sftp/wire/server_responses.ts";
import { Status } from "../sftp/wire/status.ts";
import { LibcError } from "../system/libc.ts";

/**
 * Codes for numbers of <errno.h> that Linux has, as OpenSSH's server gives them; all
 * others are failures.
 */
const CODES: Readonly<Record<number, number>> = {
  1: Status.PERMISSION_DENIED, // EPERM
  2: Status.NO_SUCH_FILE, // ENOENT
  13: Status.PERMISSION_DENIED, // EACCES
  20: Status.NO_SUCH_FILE, // ENOTDIR
  22: Status.BAD_MESSAGE, // EINVAL
  36: Status.BAD_MESSAGE, // ENAMETOOLONG
  38: Status.OP_UNSUPPORTED, // ENOSYS
  40: Status.NO_SUCH_FILE, // ELOOP
  95: Status.OP_UNSUPPORTED, // EOPNOTSUPP
};

/**
 * Gives the response for a request that failed: the system's reason, or the server's
 * own in a sentence. It names no path of the server.
 */
export function failureResponse(error: EntryError): ServerResponse {
  if (error instanceof RequestRefusal) return error.response;
  const { cause } = error;
  if (cause instanceof LibcError) {
    const code = CODES[cause.code] ?? Status.FAILURE;
    return code === Status.FAILURE
      ? { kind: "status", code, message: cause.message }
      : { kind: "status", code };
  }
  if (isOwnRefusal(cause)) {
    const { message } = cause;
    return { kind: "status", code: Status.PERMISSION_DENIED, message };
  }
  return { kind: "status", code: Status.FAILURE };
}

/** Gives the reason of a failure for an administrator: it names no path. */
export function reasonOf(error: EntryError): string {
  const { cause } = error;
  if (cause instanceof LibcError || isOwnRefusal(cause)) return cause.message;
  return error instanceof RequestRefusal ? error.message : "Failure";
}

/** Errors of the runtime have kinds of their own, and may name a path. */
function isOwnRefusal(cause: unknown): cause is Error {
  return cause instanceof Error && cause.name === "Error";
}

/** Refusal of a request that is the server's own. */
export class RequestRefusal extends EntryError {
  override name = "RequestRefusal";
  readonly response: ServerResponse;

  /** @param message Sentence for the client; the code's own text if absent. */
  constructor(code: number, message?: string) {
    super(message ?? `status ${code}`);
    this.response = {
      kind: "status",
      code,
      ...(message === undefined ? {} : { message }),
    };
  }
}
