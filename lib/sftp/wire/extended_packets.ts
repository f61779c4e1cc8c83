/**
 * Extensions that this program uses or offers (OpenSSH's PROTOCOL file, section 4;
 * check-file and copy-data: draft-ietf-secsh-filexfer-extensions-00, sections 3 and
 * 7).
 */

import type { Handle } from "./handle_packets.ts";
import { PacketType } from "./packet_types.ts";
import { WireReader, type WireWriter } from "./bytes.ts";

/** Names of the extensions, as a server offers them. */
export const Extension = {
  LIMITS: "limits@openssh.com",
  EXPAND_PATH: "expand-path@openssh.com",
  STATVFS: "statvfs@openssh.com",
  COPY_DATA: "copy-data",
  POSIX_RENAME: "posix-rename@openssh.com",
  FSTATVFS: "fstatvfs@openssh.com",
  FSYNC: "fsync@openssh.com",
  HARDLINK: "hardlink@openssh.com",
  LSETSTAT: "lsetstat@openssh.com",
  CHECK_FILE: "check-file",
  CHECK_FILE_NAME: "check-file-name",
  CHECK_FILE_HANDLE: "check-file-handle",
} as const;

/**
 * Tells whether a server with these extensions is known to carry out one request after
 * the other: it offers what OpenSSH's does since 8.5, or since 6.5 (sftp-server.c,
 * `process` and `process_init`). The draft asks for that too, within a file (section
 * 4.1), but a server in Go sets attributes while it writes.
 */
export function keepsOrder(extensions: ReadonlyMap<string, string>): boolean {
  const { LIMITS, FSTATVFS, FSYNC } = Extension;
  return extensions.has(LIMITS) ||
    (extensions.has(FSTATVFS) && extensions.has(FSYNC));
}

/** Request for the server's limits; `parseLimits` decodes the reply. */
export interface LimitsRequest {
  readonly kind: "limits";
}

/** Request for a path with its `~` or `~user` expanded; answered by one name. */
export interface ExpandPathRequest {
  readonly kind: "expand-path";
  readonly path: string;
}

/** Request for the state of a disk; `parseStatvfs` decodes the reply. */
export interface StatvfsRequest {
  readonly kind: "statvfs";
  readonly path: string;
}

/** Request to copy between two open files; answered by a status. */
export interface CopyDataRequest {
  readonly kind: "copy-data";
  readonly from: Handle;
  readonly to: Handle;
  /** Start of the range in both files, in bytes. */
  readonly offset: number;
  /** Length of the range, in bytes; 0 for everything up to the end. */
  readonly length: number;
}

/** Request to rename an entry, in place of another one; answered by a status. */
export interface RenameRequest {
  readonly kind: "posix-rename";
  readonly from: string;
  readonly path: string;
}

/** Request for the SHA-256 of a file; `parseCheckFile` decodes the reply. */
export interface CheckFileRequest {
  readonly kind: "check-file";
  readonly path: string;
  /** Length of the beginning that is hashed, in bytes; 0 for the whole file. */
  readonly length: number;
}

/** Request of an extension. */
export type ExtendedRequest =
  | LimitsRequest
  | ExpandPathRequest
  | StatvfsRequest
  | CopyDataRequest
  | RenameRequest
  | CheckFileRequest;

/**
 * Writes a request of an extension.
 *
 * @throws {EntryError} If a path in it stands for no bytes.
 */
export function writeExtendedRequest(
  writer: WireWriter,
  id: number,
  request: ExtendedRequest,
): void {
  writer.byte(PacketType.EXTENDED).uint32(id).text(NAMES[request.kind]);
  switch (request.kind) {
    case "limits":
      return;
    case "expand-path":
    case "statvfs":
      writer.text(request.path);
      return;
    case "copy-data":
      writer.string(request.from).uint64(request.offset)
        .uint64(request.length)
        .string(request.to).uint64(request.offset);
      return;
    case "posix-rename":
      writer.text(request.from).text(request.path);
      return;
    case "check-file":
      // The range is one block, which gets one hash.
      writer.text(request.path).text(HASH_NAME).uint64(0)
        .uint64(request.length).uint32(0);
      return;
    default:
      return request satisfies never;
  }
}

const NAMES = {
  "limits": Extension.LIMITS,
  "expand-path": Extension.EXPAND_PATH,
  "statvfs": Extension.STATVFS,
  "copy-data": Extension.COPY_DATA,
  "posix-rename": Extension.POSIX_RENAME,
  "check-file": Extension.CHECK_FILE_NAME,
} as const;

/** Name of SHA-256 in requests and replies. */
const HASH_NAME = "sha256";

/** Length of a SHA-256, in bytes. */
const HASH_BYTES = 32;

/**
 * Decodes the reply to a request for a hash; gives it as 64 hex digits, or `undefined`
 * where it is another hash. Some servers put the name of the extension first.
 *
 * @throws {ProtocolError} If it is cut.
 */
export function parseCheckFile(body: Uint8Array): string | undefined {
  const reader = new WireReader(body);
  const first = reader.text();
  const name = first === Extension.CHECK_FILE ? reader.text() : first;
  if (name !== HASH_NAME || reader.left !== HASH_BYTES) return undefined;
  return Array.from(
    { length: HASH_BYTES },
    () => reader.byte().toString(16).padStart(2, "0"),
  ).join("");
}

/** Limits of a server; 0 where it tells none. All but `handles` are in bytes. */
export interface ServerLimits {
  readonly packet: number;
  readonly read: number;
  readonly write: number;
  /** Files and directories that may be open at once. */
  readonly handles: number;
}

/**
 * Decodes the reply to a request for limits.
 *
 * @throws {ProtocolError} If it is cut.
 */
export function parseLimits(body: Uint8Array): ServerLimits {
  const reader = new WireReader(body);
  return {
    packet: reader.clampedUint64(),
    read: reader.clampedUint64(),
    write: reader.clampedUint64(),
    handles: reader.clampedUint64(),
  };
}

/** State of a disk, as the user that is logged in sees it. */
export interface StatvfsReply {
  /** Free space, in bytes. */
  readonly free: number;
  /** True where no entry can be added, for want of inodes. */
  readonly isOutOfInodes: boolean;
  readonly isReadOnly: boolean;
}

const READ_ONLY = 0x1;

/**
 * Decodes the reply to a request for the state of a disk.
 *
 * @throws {ProtocolError} If it is cut.
 */
export function parseStatvfs(body: Uint8Array): StatvfsReply {
  const reader = new WireReader(body);
  const [, blockBytes, , , freeBlocks, inodes, , freeInodes] = Array.from(
    { length: 9 },
    () => reader.clampedUint64(),
  );
  reader.uint32();
  const flags = reader.uint32();
  reader.clampedUint64();
  return {
    free: blockBytes! * freeBlocks!,
    // Both numbers are 0 on a disk without a limit.
    isOutOfInodes: inodes! > 0 && freeInodes === 0,
    isReadOnly: (flags & READ_ONLY) !== 0,
  };
}
