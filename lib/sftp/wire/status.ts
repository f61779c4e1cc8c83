/** Statuses and their texts (draft-ietf-secsh-filexfer-02, section 7). */

import { shortened } from "../../names/printable.ts";

/** Outcome of a request that gives nothing else. */
export interface StatusResponse {
  readonly kind: "status";
  readonly code: number;
  /** Message of the server; empty where it sends none, and with a success. */
  readonly message: string;
}

/** Codes of statuses. */
export const Status = {
  OK: 0,
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  BAD_MESSAGE: 5,
  OP_UNSUPPORTED: 8,
} as const;

/** Text of each code, in the system's words where it has some. */
const TEXTS: readonly string[] = [
  "No error",
  "End of file",
  "No such file or directory",
  "Permission denied",
  "Failure",
  "Bad message",
  "No connection",
  "Connection lost",
  "Operation not supported",
];

/** Messages that say no more than the code, such as OpenSSH's sftp-server sends. */
const EMPTY_MESSAGES = new Set([
  "",
  "success",
  "end of file",
  "no such file",
  "no such file or directory",
  "permission denied",
  "failure",
  "bad message",
  "no connection",
  "connection lost",
  "operation unsupported",
  "unknown error",
]);

/** Gives the reason of a failure: the server's message if it adds to the code. */
export function statusText({ code, message }: StatusResponse): string {
  const text = TEXTS[code] ?? `status ${code}`;
  const own = shortened(message.trim().replace(/\.$/, ""));
  if (EMPTY_MESSAGES.has(own.toLowerCase())) return text;
  return code === Status.FAILURE ? own : `${text} (${own})`;
}
