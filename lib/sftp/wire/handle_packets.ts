/**
 * Requests about open files and directories (draft-ietf-secsh-filexfer-02,
 * sections 6.3, 6.4, 6.7 and 6.9).
 */

import type { Output } from "../../channel/body.ts";
import { type WireAttributes, writeAttributes } from "./attributes.ts";
import { PacketType } from "./packet_types.ts";
import type { WireWriter } from "./bytes.ts";

/** Open file or directory: bytes that the server chose. */
export type Handle = Uint8Array;

/** Request to close a handle; answered by a status. */
export interface CloseRequest {
  readonly kind: "close";
  readonly handle: Handle;
}

/** Request for data; answered by them, or by a status at the end of the file. */
export interface ReadRequest {
  readonly kind: "read";
  readonly handle: Handle;
  /** Start of the data in the file, in bytes. */
  readonly offset: number;
  /** Most bytes to send. */
  readonly length: number;
}

/** Request to write data; answered by a status. */
export interface WriteRequest {
  readonly kind: "write";
  readonly handle: Handle;
  readonly offset: number;
  /** Bytes that may not change until the request is answered. */
  readonly data: Uint8Array;
}

/** Request to write data that come from somewhere else; answered by a status. */
export interface WriteFromRequest {
  readonly kind: "write-from";
  readonly handle: Handle;
  readonly offset: number;
  readonly part: PartBehind;
}

/** Data of a request that send themselves behind it. */
export interface PartBehind {
  /** Length in bytes. */
  readonly length: number;
  /**
   * Sends exactly that many bytes.
   *
   * @throws {SessionError} If the connection is lost.
   */
  sendTo(output: Output): Promise<void>;
}

/** Request for the attributes of an open file; answered by them. */
export interface FstatRequest {
  readonly kind: "fstat";
  readonly handle: Handle;
}

/** Request to set attributes of an open file; answered by a status. */
export interface FsetstatRequest {
  readonly kind: "fsetstat";
  readonly handle: Handle;
  readonly attributes: WireAttributes;
}

/** Request for more names; answered by some, or by a status after the last. */
export interface ReaddirRequest {
  readonly kind: "readdir";
  readonly handle: Handle;
}

/** Request about an open file or directory. */
export type HandleRequest =
  | CloseRequest
  | ReadRequest
  | WriteRequest
  | FstatRequest
  | FsetstatRequest
  | ReaddirRequest;

/** Writes a request; the data of a WRITE are sent behind it. */
export function writeHandleRequest(
  writer: WireWriter,
  id: number,
  request: HandleRequest | WriteFromRequest,
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
    case "write-from":
      writer.uint64(request.offset).uint32(request.part.length);
      return;
    case "fsetstat":
      return writeAttributes(writer, request.attributes);
    default:
      return request satisfies never;
  }
}

const TYPES = {
  close: PacketType.CLOSE,
  read: PacketType.READ,
  write: PacketType.WRITE,
  "write-from": PacketType.WRITE,
  fstat: PacketType.FSTAT,
  fsetstat: PacketType.FSETSTAT,
  readdir: PacketType.READDIR,
} as const;
