/**
 * Requests about paths (draft-ietf-secsh-filexfer-02, sections 6.5, 6.6 and 6.8
 * to 6.11).
 */

import { type WireAttributes, writeAttributes } from "./attributes.ts";
import { PacketType } from "./packet_types.ts";
import type { WireWriter } from "./bytes.ts";

/** Request for attributes, links followed or not; answered by them. */
export interface StatRequest {
  readonly kind: "stat" | "lstat";
  readonly path: string;
}

/** Request to set attributes; answered by a status. */
export interface SetstatRequest {
  readonly kind: "setstat";
  readonly path: string;
  readonly attributes: WireAttributes;
}

/** Request to make a directory; answered by a status. */
export interface MkdirRequest {
  readonly kind: "mkdir";
  readonly path: string;
  readonly attributes: WireAttributes;
}

/** Request to remove an entry that is no directory; answered by a status. */
export interface RemoveRequest {
  readonly kind: "remove";
  readonly path: string;
}

/** Request for the path without links, or a link's target; answered by one name. */
export interface ResolveRequest {
  readonly kind: "realpath" | "readlink";
  readonly path: string;
}

/** Request to make a symbolic link; answered by a status. */
export interface SymlinkRequest {
  readonly kind: "symlink";
  readonly path: string;
  /** Target of the link. */
  readonly destination: string;
}

/** Request about a path. */
export type PathRequest =
  | StatRequest
  | SetstatRequest
  | MkdirRequest
  | RemoveRequest
  | ResolveRequest
  | SymlinkRequest;

/**
 * Writes a request about a path.
 *
 * @throws {EntryError} If a path in it stands for no bytes.
 */
export function writePathRequest(
  writer: WireWriter,
  id: number,
  request: PathRequest,
): void {
  writer.byte(TYPES[request.kind]).uint32(id);
  switch (request.kind) {
    case "stat":
    case "lstat":
    case "remove":
    case "realpath":
    case "readlink":
      writer.text(request.path);
      return;
    case "setstat":
    case "mkdir":
      writer.text(request.path);
      return writeAttributes(writer, request.attributes);
    case "symlink":
      // Every server has OpenSSH's order (its PROTOCOL file, section 4.1), which
      // is the reverse of the draft's.
      writer.text(request.destination).text(request.path);
      return;
    default:
      return request satisfies never;
  }
}

const TYPES = {
  stat: PacketType.STAT,
  lstat: PacketType.LSTAT,
  setstat: PacketType.SETSTAT,
  mkdir: PacketType.MKDIR,
  remove: PacketType.REMOVE,
  realpath: PacketType.REALPATH,
  readlink: PacketType.READLINK,
  symlink: PacketType.SYMLINK,
} as const;
