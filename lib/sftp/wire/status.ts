/** Statuses (draft-ietf-secsh-filexfer-02, section 7) and what they say. */

import { shortened } from "../../names/printable.ts";
import type { StatusResponse } from "./response_packets.ts";

export const Status = {
  OK: 0,
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  BAD_MESSAGE: 5,
  OP_UNSUPPORTED: 8,
} as const;

/** In the system's words where it has some. */
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

/** What OpenSSH's sftp-server says of the statuses, and so nothing more. */
const EMPTY_WORDS = new Set([
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

/** Why a request failed: the server's own words if they say more than its code. */
export function statusText({ code, message }: StatusResponse): string {
  const text = TEXTS[code] ?? `status ${code}`;
  const words = shortened(message.trim().replace(/\.$/, ""));
  if (EMPTY_WORDS.has(words.toLowerCase())) return text;
  return code === Status.FAILURE ? words : `${text} (${words})`;
}
