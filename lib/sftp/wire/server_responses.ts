/**
 * Responses as a server writes them (draft-ietf-secsh-filexfer-02, sections 4 and 7;
 * the replies of extensions as in `client_requests.ts`).
 */

import type { DiskSpace } from "../../filesystem/served_file_system.ts";
import { encodeName } from "../../names/name_bytes.ts";
import { type WireAttributes, writeAttributes } from "./attributes.ts";
import type { WireWriter } from "./bytes.ts";
import type { ServerLimits } from "./extended_packets.ts";
import type { Handle } from "./handle_packets.ts";
import { SFTP_VERSION } from "./init_packets.ts";
import { PacketType } from "./packet_types.ts";
import { Status } from "./status.ts";

/** Entry of a listing as it is sent. */
export interface SentEntry {
  readonly name: string;
  /** Line as of `ls -l`, for people. */
  readonly line: string;
  readonly attributes: WireAttributes;
}

/** Response to a request. */
export type ServerResponse =
  | {
    readonly kind: "status";
    readonly code: number;
    /** Reason for people; the code's own text where it is absent. */
    readonly message?: string;
  }
  | { readonly kind: "handle"; readonly handle: Handle }
  | { readonly kind: "name"; readonly entries: readonly SentEntry[] }
  | { readonly kind: "attributes"; readonly attributes: WireAttributes }
  | { readonly kind: "limits"; readonly limits: ServerLimits }
  | { readonly kind: "space"; readonly space: DiskSpace }
  | {
    readonly kind: "hashes";
    readonly algorithm: string;
    /** Hash of each block, one behind the other. */
    readonly hashes: Uint8Array;
  };

/** Texts of the codes, those of OpenSSH's server; most responses have one. */
const TEXTS: Readonly<Record<number, Uint8Array>> = {
  [Status.OK]: encodeName("Success"),
  [Status.EOF]: encodeName("End of file"),
  [Status.NO_SUCH_FILE]: encodeName("No such file"),
  [Status.PERMISSION_DENIED]: encodeName("Permission denied"),
  [Status.FAILURE]: encodeName("Failure"),
  [Status.BAD_MESSAGE]: encodeName("Bad message"),
  [Status.OP_UNSUPPORTED]: encodeName("Operation unsupported"),
};

/** Language of the texts (RFC 1766). */
const LANGUAGE = encodeName("en");

/** Encodes the packet that begins a session, with the extensions that are offered. */
export function formatVersion(
  extensions: ReadonlyMap<string, string>,
  writer: WireWriter,
): Uint8Array {
  writer.begin();
  writer.byte(PacketType.VERSION).uint32(SFTP_VERSION);
  for (const [name, data] of extensions) writer.text(name).text(data);
  return writer.packet();
}

/** Encodes a response as one packet. */
export function formatResponse(
  id: number,
  response: ServerResponse,
  writer: WireWriter,
): Uint8Array {
  writer.begin();
  writer.byte(TYPES[response.kind]).uint32(id);
  switch (response.kind) {
    case "status": {
      const { code, message } = response;
      const text = message === undefined ? TEXTS[code]! : encodeName(message);
      writer.uint32(code).string(text).string(LANGUAGE);
      break;
    }
    case "handle":
      writer.string(response.handle);
      break;
    case "name":
      writer.uint32(response.entries.length);
      for (const { name, line, attributes } of response.entries) {
        writer.text(name).text(line);
        writeAttributes(writer, attributes);
      }
      break;
    case "attributes":
      writeAttributes(writer, response.attributes);
      break;
    case "limits": {
      const { packet, read, write, handles } = response.limits;
      for (const limit of [packet, read, write, handles]) writer.uint64(limit);
      break;
    }
    case "space":
      for (const number of numbersOf(response.space)) writer.uint64(number);
      break;
    case "hashes":
      writer.text("check-file").text(response.algorithm).bytes(response.hashes);
      break;
    default:
      response satisfies never;
  }
  return writer.packet();
}

const TYPES = {
  status: PacketType.STATUS,
  handle: PacketType.HANDLE,
  name: PacketType.NAME,
  attributes: PacketType.ATTRS,
  limits: PacketType.EXTENDED_REPLY,
  space: PacketType.EXTENDED_REPLY,
  hashes: PacketType.EXTENDED_REPLY,
} as const;

/** Gives the numbers of a reply to statvfs@openssh.com, in their order. */
function numbersOf(space: DiskSpace): readonly number[] {
  return [
    space.blockBytes,
    space.fragmentBytes,
    space.blocks,
    space.freeBlocks,
    space.availableBlocks,
    space.inodes,
    space.freeInodes,
    space.availableInodes,
    space.id,
    space.flags,
    space.longestName,
  ];
}

/** Bytes before the data of a DATA packet: length, type, id, the data's length. */
export const DATA_START = 13;

/**
 * Writes the fields before the data of a DATA packet.
 *
 * @param packet Packet whose data begin at `DATA_START`.
 * @param length Length of the data, in bytes.
 */
export function writeDataHead(
  packet: DataView,
  id: number,
  length: number,
): void {
  packet.setUint32(0, DATA_START - 4 + length);
  packet.setUint8(4, PacketType.DATA);
  packet.setUint32(5, id);
  packet.setUint32(9, length);
}
