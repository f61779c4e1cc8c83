/**
 * Requests about what a path leads to (draft-ietf-secsh-filexfer-02, sections
 * 6.5, 6.6 and 6.8 to 6.11).
 */

import { type WireAttributes, writeAttributes } from "./attributes.ts";
import { PacketType } from "./packet_types.ts";
import type { WireWriter } from "./bytes.ts";

/** Answered by attributes; links followed, or not. */
export interface StatRequest {
  readonly kind: "stat" | "lstat";
  readonly path: string;
}

/** Answered by a status. */
export interface SetstatRequest {
  readonly kind: "setstat";
  readonly path: string;
  readonly attributes: WireAttributes;
}

/** Answered by a status. */
export interface MkdirRequest {
  readonly kind: "mkdir";
  readonly path: string;
  readonly attributes: WireAttributes;
}

/** Removes what is no directory. Answered by a status. */
export interface RemoveRequest {
  readonly kind: "remove";
  readonly path: string;
}

/** Answered by one name: the path without links, or what a link says. */
export interface ResolveRequest {
  readonly kind: "realpath" | "readlink";
  readonly path: string;
}

/** Answered by a status. */
export interface SymlinkRequest {
  readonly kind: "symlink";
  readonly path: string;
  /** What the link says. */
  readonly destination: string;
}

export type PathRequest =
  | StatRequest
  | SetstatRequest
  | MkdirRequest
  | RemoveRequest
  | ResolveRequest
  | SymlinkRequest;

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
      // The draft's order is the other one; every server has OpenSSH's (its
      // PROTOCOL file, section 4.1).
      writer.text(request.destination).text(request.path);
      return;
    default:
      return request satisfies never;
  }
}

const TYPES = {
  "stat": PacketType.STAT,
  "lstat": PacketType.LSTAT,
  setstat: PacketType.SETSTAT,
  "mkdir": PacketType.MKDIR,
  "remove": PacketType.REMOVE,
  "realpath": PacketType.REALPATH,
  "readlink": PacketType.READLINK,
  "symlink": PacketType.SYMLINK,
} as const;
