/**
 * Requests that open files and directories (draft-ietf-secsh-filexfer-02, sections
 * 6.3 and 6.7). A handle answers each.
 */

import { type WireAttributes, writeAttributes } from "./attributes.ts";
import { PacketType } from "./packet_types.ts";
import type { WireWriter } from "./bytes.ts";

/**
 * Opens a file to read it; or to write it, created if it is not there, and
 * emptied or as it is if it is.
 */
export interface OpenRequest {
  readonly kind: "open";
  readonly path: string;
  readonly access: "read" | "write" | "write anew";
  /** What a file that is created gets. */
  readonly attributes: WireAttributes;
}

export interface OpendirRequest {
  readonly kind: "opendir";
  readonly path: string;
}

export type OpeningRequest = OpenRequest | OpendirRequest;

const READ = 0x1;
const WRITE = 0x2;
const CREAT = 0x8;
const TRUNC = 0x10;

const ACCESS = {
  "read": READ,
  "write": WRITE | CREAT,
  "write anew": WRITE | CREAT | TRUNC,
} as const;

export function writeOpening(
  writer: WireWriter,
  id: number,
  request: OpeningRequest,
): void {
  switch (request.kind) {
    case "open":
      writer.byte(PacketType.OPEN).uint32(id).text(request.path)
        .uint32(ACCESS[request.access]);
      return writeAttributes(writer, request.attributes);
    case "opendir":
      writer.byte(PacketType.OPENDIR).uint32(id).text(request.path);
      return;
    default:
      return request satisfies never;
  }
}
