/**
 * OpenSSH's extensions in use here (its PROTOCOL file, section 4; copy-data:
 * draft-ietf-secsh-filexfer-extensions-00, section 7).
 */

import type { Handle } from "./handle_packets.ts";
import { PacketType } from "./packet_types.ts";
import { WireReader, type WireWriter } from "./bytes.ts";

/** The name of each, as a server offers it. */
export const Extension = {
  LIMITS: "limits@openssh.com",
  EXPAND_PATH: "expand-path@openssh.com",
  STATVFS: "statvfs@openssh.com",
  COPY_DATA: "copy-data",
} as const;

/** Answered by `parseLimits`. */
export interface LimitsRequest {
  readonly kind: "limits";
}

/** Answered by one name: the path, `~` and `~user` expanded. */
export interface ExpandPathRequest {
  readonly kind: "expand-path";
  readonly path: string;
}

/** Answered by `parseFileSystem`. */
export interface FileSystemRequest {
  readonly kind: "statvfs";
  readonly path: string;
}

/** Has the server copy between open files itself. Answered by a status. */
export interface CopyDataRequest {
  readonly kind: "copy-data";
  readonly from: Handle;
  readonly to: Handle;
  /** Where to begin, in both files. */
  readonly offset: number;
  /** In bytes; 0 for all that there is. */
  readonly length: number;
}

export type ExtendedRequest =
  | LimitsRequest
  | ExpandPathRequest
  | FileSystemRequest
  | CopyDataRequest;

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
    default:
      return request satisfies never;
  }
}

const NAMES = {
  "limits": Extension.LIMITS,
  "expand-path": Extension.EXPAND_PATH,
  "statvfs": Extension.STATVFS,
  "copy-data": Extension.COPY_DATA,
} as const;

/** What a server takes; 0 where it does not say. All but `handles` in bytes. */
export interface ServerLimits {
  readonly packet: number;
  readonly read: number;
  readonly write: number;
  /** Files and directories that may be open at once. */
  readonly handles: number;
}

export function parseLimits(body: Uint8Array): ServerLimits {
  const reader = new WireReader(body);
  return {
    packet: reader.clampedUint64(),
    read: reader.clampedUint64(),
    write: reader.clampedUint64(),
    handles: reader.clampedUint64(),
  };
}

/** What is left of a file system for whoever asks. */
export interface FileSystem {
  /** In bytes. */
  readonly free: number;
  /** Whether no entry can be added, for want of inodes. */
  readonly isOutOfInodes: boolean;
  readonly isReadOnly: boolean;
}

const READ_ONLY = 0x1;

export function parseFileSystem(body: Uint8Array): FileSystem {
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
    // Where there is no limit, both numbers are 0.
    isOutOfInodes: inodes! > 0 && freeInodes === 0,
    isReadOnly: (flags & READ_ONLY) !== 0,
  };
}
