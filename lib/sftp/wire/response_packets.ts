/** What answers a request (draft-ietf-secsh-filexfer-02, section 7). */

import { ProtocolError } from "../../errors.ts";
import { readAttributes, type WireAttributes } from "./attributes.ts";
import { decodeName } from "../../names/name_bytes.ts";
import type { Handle } from "./handle_packets.ts";
import { PacketType } from "./packet_types.ts";
import { LENGTH_BYTES, WireReader } from "./bytes.ts";

export interface StatusResponse {
  readonly kind: "status";
  readonly code: number;
  /** The server's own words; empty where it has none. */
  readonly message: string;
}

export interface HandleResponse {
  readonly kind: "handle";
  readonly handle: Handle;
}

/** Bytes of a file: how many, for they are read apart. */
export interface DataResponse {
  readonly kind: "data";
  readonly length: number;
}

export interface NameEntry {
  /** Cut to what is told of it where it is longer than any path. */
  readonly name: string;
  readonly isWhole: boolean;
  readonly attributes: WireAttributes;
}

export interface NameResponse {
  readonly kind: "name";
  readonly entries: readonly NameEntry[];
}

export interface AttributesResponse {
  readonly kind: "attributes";
  readonly attributes: WireAttributes;
}

export interface ExtendedResponse {
  readonly kind: "extended";
  readonly body: Uint8Array;
}

export type Response =
  | StatusResponse
  | HandleResponse
  | DataResponse
  | NameResponse
  | AttributesResponse
  | ExtendedResponse;

/** How every response begins: length, type and the request's id, in bytes. */
export const RESPONSE_HEAD_BYTES = LENGTH_BYTES + 1 + 4;

/** How a response goes on that has data. */
export const DATA_HEAD_BYTES = 4;

/** The longest response that is taken, in bytes, its length not counted. */
export const MAX_RESPONSE_BYTES = 256 * 1024 + 1024;

/** The longest path or name that is taken, in bytes: longer than any system's. */
export const MAX_PATH_BYTES = 32 * 1024;

/** Longest part that is read of a server's own words, in bytes. */
export const MAX_MESSAGE_BYTES = 1024;

/** The longest handle a server may choose (section 6.2), in bytes. */
const MAX_HANDLE_BYTES = 256;

export interface ResponseHead {
  readonly type: number;
  readonly id: number;
  /** How many bytes follow. */
  readonly left: number;
}

/**
 * Decodes how a response begins.
 *
 * @throws {ProtocolError} If it is too short or too long to be one.
 */
export function parseResponseHead(head: Uint8Array): ResponseHead {
  const reader = new WireReader(head);
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
 * Decodes what follows; of data, what comes before them. Nothing of it is a
 * view of `body`.
 *
 * @throws {ProtocolError} If it is cut, or no response.
 */
export function parseResponse(
  { type, left }: ResponseHead,
  body: Uint8Array,
): Response {
  const reader = new WireReader(body);
  switch (type) {
    case PacketType.STATUS:
      return {
        kind: "status",
        code: reader.uint32(),
        // Servers of versions before 3 send no message, and some others.
        message: reader.left === 0 ? "" : reader.text(MAX_MESSAGE_BYTES),
      };
    case PacketType.HANDLE:
      return { kind: "handle", handle: readHandle(reader) };
    case PacketType.DATA:
      return { kind: "data", length: readDataLength(reader, left) };
    case PacketType.NAME:
      return { kind: "name", entries: readNames(reader) };
    case PacketType.ATTRS:
      return { kind: "attributes", attributes: readAttributes(reader) };
    case PacketType.EXTENDED_REPLY:
      return { kind: "extended", body: body.slice() };
    default:
      throw new ProtocolError(`protocol error: a packet of type ${type}`);
  }
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
    // What a user would read of it: a line as of `ls -l`.
    reader.string();
    entries.push({ name, isWhole, attributes: readAttributes(reader) });
  }
  return entries;
}
