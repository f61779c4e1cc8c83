import {
  type ExtendedRequest,
  writeExtendedRequest,
} from "./extended_packets.ts";
import {
  type HandleRequest,
  type WriteFromRequest,
  writeHandleRequest,
} from "./handle_packets.ts";
import { type OpeningRequest, writeOpeningRequest } from "./open_packets.ts";
import { type PathRequest, writePathRequest } from "./path_packets.ts";
import { WireWriter } from "./bytes.ts";

/** Request to a server. */
export type Request =
  | OpeningRequest
  | HandleRequest
  | WriteFromRequest
  | PathRequest
  | ExtendedRequest;

/**
 * Encodes a request as one packet, without the data of a WRITE: they are to follow it.
 *
 * @param writer Writer to reuse.
 * @throws {EntryError} If a path in it stands for no bytes.
 */
export function formatRequest(
  id: number,
  request: Request,
  writer: WireWriter = new WireWriter(),
): Uint8Array {
  writer.begin();
  switch (request.kind) {
    case "open":
    case "opendir":
      writeOpeningRequest(writer, id, request);
      break;
    case "write":
      writeHandleRequest(writer, id, request);
      return writer.packet(request.data.length);
    case "write-from":
      writeHandleRequest(writer, id, request);
      return writer.packet(request.part.length);
    case "close":
    case "read":
    case "fstat":
    case "fsetstat":
    case "readdir":
      writeHandleRequest(writer, id, request);
      break;
    case "stat":
    case "lstat":
    case "setstat":
    case "mkdir":
    case "remove":
    case "realpath":
    case "readlink":
    case "symlink":
      writePathRequest(writer, id, request);
      break;
    case "limits":
    case "expand-path":
    case "statvfs":
    case "copy-data":
    case "posix-rename":
    case "check-file":
      writeExtendedRequest(writer, id, request);
      break;
    default:
      request satisfies never;
  }
  return writer.packet();
}
