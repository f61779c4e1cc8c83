/** Lines of a server's log: who came, what was asked for, and how it ended. */

import type { Access, Moved } from "../filesystem/access.ts";
import { printable, shortened } from "../names/printable.ts";
import type { Verdict } from "./confined_server.ts";
import type { FailedRequest } from "./failed_requests.ts";

/** Client of a session. */
export interface SessionClient {
  /** Account that the session belongs to. */
  readonly user: string;
  /** `SSH_CONNECTION` as sshd gives it; `undefined` where there is none. */
  readonly connection: string | undefined;
}

/** Facts about a session. */
export interface SessionFacts extends SessionClient {
  /** Command of the client; `undefined` where it asked for a subsystem. */
  readonly command: string | undefined;
  readonly access: Access;
  readonly moved: Moved;
  /** End of the session; `undefined` where it was cut off. */
  readonly verdict: Verdict | undefined;
}

/** Gives the line, without a newline, its foreign text escaped. */
export function sessionLine(facts: SessionFacts): string {
  const { command, access, moved, verdict } = facts;
  const { outcome = "cut off", failures, reason } = verdict ?? {};
  return lineOf([
    ...clientFields(facts),
    ["access", access],
    ["command", command],
    ["files-received", moved.filesReceived],
    ["bytes-received", moved.bytesReceived],
    ["files-sent", moved.filesSent],
    ["bytes-sent", moved.bytesSent],
    ["verdict", outcome],
    ["failures", failures],
    ["reason", reason],
  ]);
}

/**
 * Gives the line of a request that failed, as `sessionLine`.
 *
 * @param leftOut Number of failures before it that have no line.
 */
export function requestLine(
  client: SessionClient,
  { request, path, to, reason }: FailedRequest,
  leftOut: number,
): string {
  return lineOf([
    ...clientFields(client),
    ["request", request],
    ["path", path],
    ["to", to],
    ["reason", reason],
    ["left-out", leftOut === 0 ? undefined : leftOut],
  ]);
}

/** Field of a line: its name, and its value as it is; `undefined` if left out. */
type Field = readonly [name: string, value: string | number | undefined];

function clientFields({ user, connection }: SessionClient): readonly Field[] {
  const [address = "", port = ""] = (connection ?? "").split(" ");
  return [
    ["user", user],
    ["from", port === "" ? address : `${address}:${port}`],
  ];
}

function lineOf(fields: readonly Field[]): string {
  return fields.filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${word(String(value))}`).join(" ");
}

/** Gives a text as one word: in quotes where it is not plain, and escaped. */
function word(text: string): string {
  if (/^[\w./:@+-]+$/.test(text)) return text;
  const inside = shortened(text).replaceAll("\\", "\\134")
    .replaceAll('"', "\\042");
  return `"${printable(inside)}"`;
}
