/**
 * Requests that open files and directories (draft-ietf-secsh-filexfer-02, sections
 * 6.3 and 6.7). Each is answered by a handle.
 */

import { type WireAttributes, writeAttributes } from "./attributes.ts";
import { PacketType } from "./packet_types.ts";
import type { WireWriter } from "./bytes.ts";

/** Purpose for which a file is opened. */
export type Access =
  | "read"
  /** Creates the file if it is absent. */
  | "write"
  | "write and truncate"
  /** Fails where something is there. */
  | "create"
  /** Fails where nothing is there. */
  | "write existing";

/** Request to open a file. */
export interface OpenRequest {
  readonly kind: "open";
  readonly path: string;
  readonly access: Access;
  /** Attributes of a file that is created. */
  readonly attributes: WireAttributes;
}

/** Request to open a directory. */
export interface OpendirRequest {
  readonly kind: "opendir";
  readonly path: string;
}

/** Request that opens a file or directory. */
export type OpeningRequest = OpenRequest | OpendirRequest;

/** Flags of an OPEN. */
export const OpenFlag = {
  READ: 0x1,
  WRITE: 0x2,
  APPEND: 0x4,
  CREAT: 0x8,
  TRUNC: 0x10,
  EXCL: 0x20,
} as const;

const { READ, WRITE, CREAT, TRUNC, EXCL } = OpenFlag;

const ACCESS = {
  "read": READ,
  "write": WRITE | CREAT,
  "write and truncate": WRITE | CREAT | TRUNC,
  "create": WRITE | CREAT | EXCL,
  "write existing": WRITE,
} as const satisfies Record<Access, number>;

/**
 * Writes a request that opens a file or directory.
 *
 * @throws {EntryError} If the path stands for no bytes.
 */
export function writeOpeningRequest(
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
