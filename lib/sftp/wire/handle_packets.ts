/**
 * Requests about what is open (draft-ietf-secsh-filexfer-02, sections 6.3,
 * 6.4, 6.7 and 6.9). A handle is any bytes a server chose.
 */

import { type WireAttributes, writeAttributes } from "./attributes.ts";
import { PacketType } from "./packet_types.ts";
import type { WireWriter } from "./bytes.ts";

export type Handle = Uint8Array;

/** Answered by a status. */
export interface CloseRequest {
  readonly kind: "close";
  readonly handle: Handle;
}

/** Answered by data, or by a status at the end of the file. */
export interface ReadRequest {
  readonly kind: "read";
  readonly handle: Handle;
  /** Where to begin, in bytes from the start of the file. */
  readonly offset: number;
  /** The most bytes to send. */
  readonly length: number;
}

/** Answered by a status. */
export interface WriteRequest {
  readonly kind: "write";
  readonly handle: Handle;
  readonly offset: number;
  /** May not change until it is answered. */
  readonly data: Uint8Array;
}

/** Answered by attributes. */
export interface FstatRequest {
  readonly kind: "fstat";
  readonly handle: Handle;
}

/** Answered by a status. */
export interface FsetstatRequest {
  readonly kind: "fsetstat";
  readonly handle: Handle;
  readonly attributes: WireAttributes;
}

/** Answered by some of a directory's names, or by a status after the last one. */
export interface ReaddirRequest {
  readonly kind: "readdir";
  readonly handle: Handle;
}

export type HandleRequest =
  | CloseRequest
  | ReadRequest
  | WriteRequest
  | FstatRequest
  | FsetstatRequest
  | ReaddirRequest;

/** Writes all of a request but the data of a `write`, which comes after it. */
export function writeHandleRequest(
  writer: WireWriter,
  id: number,
  request: HandleRequest,
): void {
  writer.byte(TYPES[request.kind]).uint32(id).string(request.handle);
  switch (request.kind) {
    case "close":
    case "fstat":
    case "readdir":
      return;
    case "read":
      writer.uint64(request.offset).uint32(request.length);
      return;
    case "write":
      writer.uint64(request.offset).uint32(request.data.length);
      return;
    case "fsetstat":
      return writeAttributes(writer, request.attributes);
    default:
      return request satisfies never;
  }
}

const TYPES = {
  "close": PacketType.CLOSE,
  "read": PacketType.READ,
  "write": PacketType.WRITE,
  "fstat": PacketType.FSTAT,
  "fsetstat": PacketType.FSETSTAT,
  readdir: PacketType.READDIR,
} as const;
