/** Reasons of failed requests: most servers say no more than "Failure". */

import type { EntryKind } from "../filesystem/file_system.ts";
import type { RequestSender } from "./request_sender.ts";
import { attributesFrom } from "./wire/attributes.ts";
import {
  Extension,
  parseStatvfs,
  type StatvfsReply,
} from "./wire/extended_packets.ts";
import { Status, type StatusResponse, statusText } from "./wire/status.ts";

/** Purpose of a request, as far as it matters to the reason of a failure. */
export type Attempt = "create file" | "create directory" | "write" | "other";

/** Free space, in bytes, below which a disk counts as full. */
const ROOM_BYTES = 1024 * 1024;

/** Reason where a FIFO or a device was not written to: OpenSSH's server seeks first. */
const NO_FILE =
  "Failure: it is no regular file, which may take nothing over SFTP: try -O";

/**
 * Gives the reason of a failure in the system's words. Where the server's
 * message says nothing, looks for an obstacle: at the path, in the directory
 * above, on the disk.
 *
 * @throws {ProtocolError} If the server breaks the protocol.
 * @throws {SessionError} If the connection is lost.
 */
export async function explainFailure(
  session: RequestSender,
  { path, attempt }: { path: string; attempt: Attempt },
  response: StatusResponse,
): Promise<string> {
  const text = statusText(response);
  if (attempt === "other") return text;
  const isVague = text === "Failure" ||
    (response.code === Status.NO_SUCH_FILE && attempt !== "write");
  if (!isVague) return text;
  const [entry, parent, disk] = await Promise.all([
    find(session, path),
    find(session, parentOf(path)),
    statvfs(session, attempt === "write" ? path : parentOf(path)),
  ]);
  const mustBeDirectory = path.endsWith("/");
  return obstacle(attempt, { entry, parent, mustBeDirectory, disk }) ?? text;
}

/** Kind of entry at a path, as far as the server tells. */
type FoundKind = EntryKind | "missing";

interface Surroundings {
  /** Entry at the path. */
  readonly entry: FoundKind;
  /** Directory that the entry is in. */
  readonly parent: FoundKind;
  /** True where the path can only be a directory's. */
  readonly mustBeDirectory: boolean;
  /** Absent where the server cannot tell. */
  readonly disk: StatvfsReply | undefined;
}

function obstacle(
  attempt: Attempt,
  { entry, parent, mustBeDirectory, disk }: Surroundings,
): string | undefined {
  if (parent === "missing") return "No such file or directory";
  if (parent === "file" || parent === "other") return "Not a directory";
  const exists = entry !== "missing" && entry !== "unknown";
  if (attempt === "create directory" && exists) return "File exists";
  const isDirectory = entry === "directory" ||
    (mustBeDirectory && !exists && attempt === "create file");
  if (isDirectory) return "Is a directory";
  // A disk's free space says nothing about a device node on it.
  if (entry === "other") return attempt === "write" ? NO_FILE : undefined;
  if (disk?.isReadOnly) return "Read-only file system";
  if (disk === undefined) return undefined;
  const isFull = entry === "missing"
    ? disk.free < ROOM_BYTES || disk.isOutOfInodes
    : attempt === "write" && disk.free < ROOM_BYTES;
  if (isFull) return "No space left on device";
  return attempt === "write"
    ? "Failure, though there is room on the disk: a quota or a limit on the " +
      "length of files is exceeded, most likely"
    : undefined;
}

async function find(session: RequestSender, path: string): Promise<FoundKind> {
  const response = await session.request({ kind: "stat", path });
  if (response.kind === "attributes") {
    return attributesFrom(response.attributes).kind;
  }
  const isMissing = response.kind === "status" &&
    response.code === Status.NO_SUCH_FILE;
  return isMissing ? "missing" : "unknown";
}

async function statvfs(
  session: RequestSender,
  path: string,
): Promise<StatvfsReply | undefined> {
  if (!session.extensions.has(Extension.STATVFS)) return undefined;
  const response = await session.request({ kind: "statvfs", path });
  return response.kind === "extended"
    ? session.decode(() => parseStatvfs(response.body))
    : undefined;
}

const SLASH = "/";

/** Gives the directory that a path is in, as the server understands paths. */
function parentOf(path: string): string {
  const end = pastSlashes(path, path.length);
  const start = path.lastIndexOf(SLASH, end - 1);
  if (start < 0) return ".";
  return path.slice(0, pastSlashes(path, start)) || SLASH;
}

/** Moves an end back over the slashes before it. */
function pastSlashes(path: string, end: number): number {
  while (end > 0 && path[end - 1] === SLASH) end--;
  return end;
}
