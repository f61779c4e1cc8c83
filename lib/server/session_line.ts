/** Line of a server's log: who came, what was asked for, and how it ended. */

import type { Access, Moved } from "../filesystem/access.ts";
import { printable, shortened } from "../names/printable.ts";
import type { Verdict } from "./confined_server.ts";

/** Facts about a session. */
export interface SessionFacts {
  /** Account that the session belongs to. */
  readonly user: string;
  /** `SSH_CONNECTION` as sshd gives it; `undefined` where there is none. */
  readonly connection: string | undefined;
  /** Command of the client; `undefined` where it asked for a subsystem. */
  readonly command: string | undefined;
  readonly access: Access;
  readonly moved: Moved;
  /** End of the session; `undefined` where it was cut off. */
  readonly verdict: Verdict | undefined;
}

/** Gives the line, without a newline, its foreign text escaped. */
export function sessionLine(facts: SessionFacts): string {
  const { user, connection, command, access, moved, verdict } = facts;
  const [address = "", port = ""] = (connection ?? "").split(" ");
  const { outcome = "cut off", failures, reason } = verdict ?? {};
  const fields: readonly (readonly [string, string | number | undefined])[] = [
    ["user", word(user)],
    ["from", word(port === "" ? address : `${address}:${port}`)],
    ["access", access],
    ["command", command === undefined ? undefined : word(command)],
    ["files-received", moved.filesReceived],
    ["bytes-received", moved.bytesReceived],
    ["files-sent", moved.filesSent],
    ["bytes-sent", moved.bytesSent],
    ["verdict", word(outcome)],
    ["failures", failures],
    ["reason", reason === undefined ? undefined : word(reason)],
  ];
  return fields.filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`).join(" ");
}

/** Gives a text as one word: in quotes where it is not plain, and escaped. */
function word(text: string): string {
  if (/^[\w./:@+-]+$/.test(text)) return text;
  const inside = shortened(text).replaceAll("\\", "\\134")
    .replaceAll('"', "\\042");
  return `"${printable(inside)}"`;
}
