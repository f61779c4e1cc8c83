/**
 * Requests about what a path leads to (draft-ietf-secsh-filexfer-02, sections
 * 6.5, 6.6 and 6.8 to 6.11).
 */

import { type WireAttributes, writeAttributes } from "./attributes.ts";
import { PacketType } from "./packet_types.ts";
import type { WireWriter } from "./bytes.ts";

/** Answered by attributes; links followed, or not. */
export interface StatRequest {
  readonly kind: "stat" | "link stat";
  readonly path: string;
}

/** Answered by a status. */
export interface SetRequest {
  readonly kind: "set";
  readonly path: string;
  readonly attributes: WireAttributes;
}

/** Answered by a status. */
export interface MakeFolderRequest {
  readonly kind: "make folder";
  readonly path: string;
  readonly attributes: WireAttributes;
}

/** Removes what is no folder. Answered by a status. */
export interface RemoveRequest {
  readonly kind: "remove";
  readonly path: string;
}

/** Answered by one name: the path without links, or what a link says. */
export interface ResolveRequest {
  readonly kind: "real path" | "read link";
  readonly path: string;
}

/** Answered by a status. */
export interface MakeLinkRequest {
  readonly kind: "make link";
  readonly path: string;
  /** What the link says. */
  readonly destination: string;
}

export type PathRequest =
  | StatRequest
  | SetRequest
  | MakeFolderRequest
  | RemoveRequest
  | ResolveRequest
  | MakeLinkRequest;

export function writePathRequest(
  writer: WireWriter,
  id: number,
  request: PathRequest,
): void {
  writer.byte(TYPES[request.kind]).uint32(id);
  switch (request.kind) {
    case "stat":
    case "link stat":
    case "remove":
    case "real path":
    case "read link":
      writer.text(request.path);
      return;
    case "set":
    case "make folder":
      writer.text(request.path);
      return writeAttributes(writer, request.attributes);
    case "make link":
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
  "link stat": PacketType.LSTAT,
  "set": PacketType.SETSTAT,
  "make folder": PacketType.MKDIR,
  "remove": PacketType.REMOVE,
  "real path": PacketType.REALPATH,
  "read link": PacketType.READLINK,
  "make link": PacketType.SYMLINK,
} as const;
