/** Why a request failed: most servers say no more than "Failure". */

import {
  Extension,
  type FileSystem,
  parseFileSystem,
} from "./wire/extended_packets.ts";
import { attributesFrom } from "./wire/attributes.ts";
import type { StatusResponse } from "./wire/response_packets.ts";
import type { SftpSession } from "./session.ts";
import { Status, statusText } from "./wire/status.ts";
import type { EntryKind } from "../filesystem/file_system.ts";

/** What was tried with an entry. */
export type Attempt = "create file" | "create directory" | "write" | "other";

/** Less is no room, for what is written at a time; in bytes. */
const ROOM_BYTES = 1024 * 1024;

/**
 * Gives the reason in the system's words. Where the server's own say nothing,
 * it is asked what stands in the way: at the path, in the directory above, on the
 * disk.
 *
 * @throws {ProtocolError} If it breaks the protocol.
 * @throws {SessionError} If the connection is lost.
 */
export async function reasonFor(
  session: SftpSession,
  { path, attempt }: { path: string; attempt: Attempt },
  response: StatusResponse,
): Promise<string> {
  const text = statusText(response);
  if (attempt === "other") return text;
  const isVague = text === "Failure" ||
    (response.code === Status.NO_SUCH_FILE && attempt !== "write");
  if (!isVague) return text;
  const [there, above, fileSystem] = await Promise.all([
    find(session, path),
    find(session, directoryOf(path)),
    findFileSystem(session, attempt === "write" ? path : directoryOf(path)),
  ]);
  const mustBeDirectory = path.endsWith("/");
  return obstacle(attempt, { there, above, mustBeDirectory, fileSystem }) ??
    text;
}

/** Kind of entry at a path, as far as the server tells. */
type Seen = EntryKind | "missing";

interface Scene {
  /** What is at the path. */
  readonly there: Seen;
  /** The directory it is in. */
  readonly above: Seen;
  /** Whether the path can only be a directory's. */
  readonly mustBeDirectory: boolean;
  readonly fileSystem: FileSystem | undefined;
}

function obstacle(
  attempt: Attempt,
  { there, above, mustBeDirectory, fileSystem }: Scene,
): string | undefined {
  if (above === "missing") return "No such file or directory";
  if (above === "file" || above === "other") return "Not a directory";
  const isThere = there !== "missing" && there !== "unknown";
  if (attempt === "create directory" && isThere) return "File exists";
  const isDirectory = there === "directory" ||
    (mustBeDirectory && !isThere && attempt === "create file");
  if (isDirectory) return "Is a directory";
  // What a disk has free says nothing of a device on it.
  if (there === "other") return undefined;
  if (fileSystem?.isReadOnly) return "Read-only file system";
  if (fileSystem === undefined) return undefined;
  const isFull = there === "missing"
    ? fileSystem.free < ROOM_BYTES || fileSystem.isOutOfInodes
    : attempt === "write" && fileSystem.free < ROOM_BYTES;
  if (isFull) return "No space left on device";
  return attempt === "write"
    ? "Failure, though there is room on the disk: a quota or a limit on the " +
      "length of files is exceeded, most likely"
    : undefined;
}

async function find(session: SftpSession, path: string): Promise<Seen> {
  const response = await session.request({ kind: "stat", path });
  if (response.kind === "attributes") {
    return attributesFrom(response.attributes).kind;
  }
  const isMissing = response.kind === "status" &&
    response.code === Status.NO_SUCH_FILE;
  return isMissing ? "missing" : "unknown";
}

async function findFileSystem(
  session: SftpSession,
  path: string,
): Promise<FileSystem | undefined> {
  if (!session.extensions.has(Extension.STATVFS)) return undefined;
  const response = await session.request({ kind: "statvfs", path });
  return response.kind === "extended"
    ? session.decode(() => parseFileSystem(response.body))
    : undefined;
}

const SLASH = "/";

/** The directory a path is in, as the server understands paths. */
function directoryOf(path: string): string {
  const end = pastSlashes(path, path.length);
  const start = path.lastIndexOf(SLASH, end - 1);
  if (start < 0) return ".";
  return path.slice(0, pastSlashes(path, start)) || SLASH;
}

/** Goes back from an end over the slashes before it, but for one at the start. */
function pastSlashes(path: string, end: number): number {
  while (end > 0 && path[end - 1] === SLASH) end--;
  return end;
}
