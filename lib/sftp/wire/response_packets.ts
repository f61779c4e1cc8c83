/** Responses to requests (draft-ietf-secsh-filexfer-02, section 7). */

import { ProtocolError } from "../../errors.ts";
import { readAttributes, type WireAttributes } from "./attributes.ts";
import { decodeName } from "../../names/name_bytes.ts";
import type { Handle } from "./handle_packets.ts";
import { PacketType } from "./packet_types.ts";
import { LENGTH_BYTES, type WireReader } from "./bytes.ts";
import { Status, type StatusResponse } from "./status.ts";

/** File or directory that was opened. */
export interface HandleResponse {
  readonly kind: "handle";
  readonly handle: Handle;
}

/** Data of a file: their length in bytes, since they are read separately. */
export interface DataResponse {
  readonly kind: "data";
  readonly length: number;
}

/** Entry of a listing, or a path. */
export interface NameEntry {
  /** Name, cut for a message where it is longer than any path. */
  readonly name: string;
  /** False where the name was cut. */
  readonly isWhole: boolean;
  readonly attributes: WireAttributes;
}

/** Some entries of a directory, or one path. */
export interface NameResponse {
  readonly kind: "name";
  readonly entries: readonly NameEntry[];
}

/** Attributes of an entry. */
export interface AttributesResponse {
  readonly kind: "attributes";
  readonly attributes: WireAttributes;
}

/** Reply to the request of an extension. */
export interface ExtendedResponse {
  readonly kind: "extended";
  readonly body: Uint8Array;
}

/** Response to a request. */
export type Response =
  | StatusResponse
  | HandleResponse
  | DataResponse
  | NameResponse
  | AttributesResponse
  | ExtendedResponse;

/** Bytes of a response's head: length, type and the request's id. */
export const RESPONSE_HEAD_BYTES = LENGTH_BYTES + 1 + 4;

/** Bytes between a response's head and its data: the data's length. */
export const DATA_HEAD_BYTES = 4;

/** Longest response accepted, in bytes, the length field not counted. */
export const MAX_RESPONSE_BYTES = 256 * 1024 + 1024;

/** Longest path or name accepted, in bytes: longer than any system's. */
export const MAX_PATH_BYTES = 32 * 1024;

/** Longest part of a server's message that is kept, in bytes. */
export const MAX_MESSAGE_BYTES = 1024;

/** Longest handle that a server may choose (section 6.2), in bytes. */
const MAX_HANDLE_BYTES = 256;

/** Every success: two of three responses to an upload. */
const OK: StatusResponse = { kind: "status", code: Status.OK, message: "" };

/** Head of a response. */
export interface ResponseHead {
  readonly type: number;
  readonly id: number;
  /** Count of the bytes that follow. */
  readonly left: number;
}

/**
 * Reads the head of a response.
 *
 * @throws {ProtocolError} If it is too short or too long to be one.
 */
export function readResponseHead(reader: WireReader): ResponseHead {
  const length = reader.uint32();
  const left = length - (RESPONSE_HEAD_BYTES - LENGTH_BYTES);
  if (left < 0 || length > MAX_RESPONSE_BYTES) {
    throw new ProtocolError(
      `protocol error: a packet of ${length} bytes`,
    );
  }
  return { type: reader.byte(), id: reader.uint32(), left };
}

/**
 * Reads the rest of a response; of data, only their length. The result holds no view of
 * what is read.
 *
 * @throws {ProtocolError} If it is cut, or no response.
 */
export function readResponse(
  { type, left }: ResponseHead,
  reader: WireReader,
): Response {
  switch (type) {
    case PacketType.STATUS:
      return readStatus(reader);
    case PacketType.HANDLE:
      return { kind: "handle", handle: readHandle(reader) };
    case PacketType.DATA:
      return { kind: "data", length: readDataLength(reader, left) };
    case PacketType.NAME:
      return { kind: "name", entries: readNames(reader) };
    case PacketType.ATTRS:
      return { kind: "attributes", attributes: readAttributes(reader) };
    case PacketType.EXTENDED_REPLY:
      return { kind: "extended", body: reader.rest().slice() };
    default:
      throw new ProtocolError(`protocol error: a packet of type ${type}`);
  }
}

function readStatus(reader: WireReader): StatusResponse {
  const code = reader.uint32();
  // Some servers send no message, as versions before 3 did.
  const hasMessage = reader.left > 0;
  if (code === Status.OK) {
    if (hasMessage) reader.skipString();
    return OK;
  }
  const message = hasMessage ? reader.text(MAX_MESSAGE_BYTES) : "";
  return { kind: "status", code, message };
}

function readHandle(reader: WireReader): Handle {
  const handle = reader.string();
  if (handle.length <= MAX_HANDLE_BYTES) return handle.slice();
  throw new ProtocolError("protocol error: handle too long");
}

function readDataLength(reader: WireReader, left: number): number {
  const length = reader.uint32();
  if (length === left - DATA_HEAD_BYTES) return length;
  throw new ProtocolError("protocol error: data and packet differ in length");
}

function readNames(reader: WireReader): NameEntry[] {
  const entries: NameEntry[] = [];
  for (let left = reader.uint32(); left > 0; left--) {
    const bytes = reader.string();
    const isWhole = bytes.length <= MAX_PATH_BYTES;
    const name = decodeName(
      isWhole ? bytes : bytes.subarray(0, MAX_MESSAGE_BYTES),
    );
    // A line as of `ls -l`, for people.
    reader.string();
    entries.push({ name, isWhole, attributes: readAttributes(reader) });
  }
  return entries;
}
