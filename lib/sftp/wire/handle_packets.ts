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
export interface StatOpenRequest {
  readonly kind: "stat open";
  readonly handle: Handle;
}

/** Answered by a status. */
export interface SetOpenRequest {
  readonly kind: "set open";
  readonly handle: Handle;
  readonly attributes: WireAttributes;
}

/** Answered by some of a folder's names, or by a status after the last one. */
export interface ListRequest {
  readonly kind: "list";
  readonly handle: Handle;
}

export type HandleRequest =
  | CloseRequest
  | ReadRequest
  | WriteRequest
  | StatOpenRequest
  | SetOpenRequest
  | ListRequest;

/** Writes all of a request but the data of a `write`, which comes after it. */
export function writeHandleRequest(
  writer: WireWriter,
  id: number,
  request: HandleRequest,
): void {
  writer.byte(TYPES[request.kind]).uint32(id).string(request.handle);
  switch (request.kind) {
    case "close":
    case "stat open":
    case "list":
      return;
    case "read":
      writer.uint64(request.offset).uint32(request.length);
      return;
    case "write":
      writer.uint64(request.offset).uint32(request.data.length);
      return;
    case "set open":
      return writeAttributes(writer, request.attributes);
    default:
      return request satisfies never;
  }
}

const TYPES = {
  "close": PacketType.CLOSE,
  "read": PacketType.READ,
  "write": PacketType.WRITE,
  "stat open": PacketType.FSTAT,
  "set open": PacketType.FSETSTAT,
  "list": PacketType.READDIR,
} as const;
