/**
 * Requests as a server reads them (draft-ietf-secsh-filexfer-02, sections 4 and 6;
 * OpenSSH's PROTOCOL file, section 4; draft-ietf-secsh-filexfer-extensions-00,
 * sections 3 and 7).
 */

import { ProtocolError } from "../../errors.ts";
import type { OpenPurpose } from "../../filesystem/served_file_system.ts";
import { readAttributes, type WireAttributes } from "./attributes.ts";
import { WireReader } from "./bytes.ts";
import { Extension } from "./extended_packets.ts";
import type { Handle, HandleRequest } from "./handle_packets.ts";
import { OpenFlag } from "./open_packets.ts";
import { PacketType } from "./packet_types.ts";
import type { PathRequest } from "./path_packets.ts";

/** Request to open a file, whatever its flags are. */
export interface ClientOpen {
  readonly kind: "open";
  readonly path: string;
  readonly purpose: OpenPurpose;
  /** Attributes of a file that is made. */
  readonly attributes: WireAttributes;
}

/** Request about one path that no client of this program sends. */
export interface ClientPath {
  readonly kind: "opendir" | "rmdir" | "expand-path" | "statvfs";
  readonly path: string;
}

/** Request to set attributes of an entry, of a link itself. */
export interface ClientLsetstat {
  readonly kind: "lsetstat";
  readonly path: string;
  readonly attributes: WireAttributes;
}

/** Request to give an entry another name, or a file one more. */
export interface ClientRename {
  readonly kind: "rename" | "posix-rename" | "hardlink";
  readonly from: string;
  readonly path: string;
}

/** Request about an open file, of an extension. */
export interface ClientHandle {
  readonly kind: "fsync" | "fstatvfs";
  readonly handle: Handle;
}

/** Request to copy between two open files. */
export interface ClientCopy {
  readonly kind: "copy-data";
  readonly from: Handle;
  readonly to: Handle;
  /** Start of the range in each file, in bytes. */
  readonly fromOffset: number;
  readonly toOffset: number;
  /** Length of the range in bytes; 0 for everything up to the end. */
  readonly length: number;
}

/** Request for hashes of a file's content. */
export interface ClientCheck {
  readonly kind: "check-file";
  /** File by its path, or by a handle. */
  readonly file: string | Handle;
  /** Names of hashes that the client takes, the best one first. */
  readonly hashes: readonly string[];
  /** Start of the range, in bytes. */
  readonly offset: number;
  /** Length of the range in bytes; 0 for everything up to the end. */
  readonly length: number;
  /** Bytes that each hash is of; 0 where one is of the whole range. */
  readonly blockBytes: number;
}

/** Request for the server's limits, or one that it does not know. */
export interface ClientPlain {
  readonly kind: "limits" | "unknown";
}

/** Request of a client. */
export type ClientRequest =
  | HandleRequest
  | PathRequest
  | ClientOpen
  | ClientPath
  | ClientLsetstat
  | ClientRename
  | ClientHandle
  | ClientCopy
  | ClientCheck
  | ClientPlain;

/** A request with its number, by which it is answered. */
export interface NumberedRequest {
  readonly id: number;
  readonly request: ClientRequest;
}

/**
 * Longest packet of a client in bytes, its length not counted; OpenSSH's server
 * takes no more, either.
 */
export const MAX_REQUEST_BYTES = 256 * 1024;

/** Most hashes that a client may name. */
const MAX_HASHES = 64;

/**
 * Decodes the packet that begins a session.
 *
 * @returns The version that the client speaks.
 * @throws {ProtocolError} If it is anything else.
 */
export function parseInit(body: Uint8Array): number {
  const reader = new WireReader(body);
  if (reader.byte() !== PacketType.INIT) {
    throw new ProtocolError("protocol error: a session begins otherwise");
  }
  return reader.uint32();
}

/**
 * Decodes a request. Handles and data are views of the packet.
 *
 * @param body The packet without its length.
 * @throws {ProtocolError} If it is cut, or a number in it is out of range.
 */
export function parseRequest(body: Uint8Array): NumberedRequest {
  const reader = new WireReader(body);
  const type = reader.byte();
  const id = reader.uint32();
  return { id, request: readRequest(type, reader) };
}

function readRequest(type: number, reader: WireReader): ClientRequest {
  switch (type) {
    case PacketType.OPEN:
      return {
        kind: "open",
        path: reader.text(),
        purpose: readPurpose(reader.uint32()),
        attributes: readAttributes(reader, { owners: true }),
      };
    case PacketType.CLOSE:
      return { kind: "close", handle: reader.string() };
    case PacketType.READ:
      return {
        kind: "read",
        handle: reader.string(),
        offset: reader.uint64(),
        length: reader.uint32(),
      };
    case PacketType.WRITE:
      return {
        kind: "write",
        handle: reader.string(),
        offset: reader.uint64(),
        data: reader.string(),
      };
    case PacketType.FSTAT:
      return { kind: "fstat", handle: reader.string() };
    case PacketType.FSETSTAT:
      return {
        kind: "fsetstat",
        handle: reader.string(),
        attributes: readAttributes(reader, { owners: true }),
      };
    case PacketType.READDIR:
      return { kind: "readdir", handle: reader.string() };
    case PacketType.SETSTAT:
      return {
        kind: "setstat",
        path: reader.text(),
        attributes: readAttributes(reader, { owners: true }),
      };
    case PacketType.MKDIR:
      return {
        kind: "mkdir",
        path: reader.text(),
        attributes: readAttributes(reader, { owners: true }),
      };
    case PacketType.RENAME:
      return { kind: "rename", from: reader.text(), path: reader.text() };
    case PacketType.SYMLINK:
      // In OpenSSH's order, as clients send it.
      return {
        kind: "symlink",
        destination: reader.text(),
        path: reader.text(),
      };
    case PacketType.EXTENDED:
      return readExtended(reader.text(), reader);
    default: {
      const kind = PATH_KINDS[type];
      return kind === undefined
        ? { kind: "unknown" }
        : { kind, path: reader.text() };
    }
  }
}

/** Kinds of the requests that hold a path alone. */
const PATH_KINDS: Readonly<
  Record<
    number,
    | "lstat"
    | "stat"
    | "opendir"
    | "remove"
    | "rmdir"
    | "realpath"
    | "readlink"
  >
> = {
  [PacketType.LSTAT]: "lstat",
  [PacketType.STAT]: "stat",
  [PacketType.OPENDIR]: "opendir",
  [PacketType.REMOVE]: "remove",
  [PacketType.RMDIR]: "rmdir",
  [PacketType.REALPATH]: "realpath",
  [PacketType.READLINK]: "readlink",
};

function readPurpose(flags: number): OpenPurpose {
  const has = (flag: number) => (flags & flag) !== 0;
  return {
    reads: has(OpenFlag.READ),
    writes: has(OpenFlag.WRITE),
    appends: has(OpenFlag.APPEND),
    makes: has(OpenFlag.CREAT),
    isNew: has(OpenFlag.CREAT) && has(OpenFlag.EXCL),
    empties: has(OpenFlag.TRUNC),
  };
}

function readExtended(name: string, reader: WireReader): ClientRequest {
  switch (name) {
    case Extension.LIMITS:
      return { kind: "limits" };
    case Extension.EXPAND_PATH:
      return { kind: "expand-path", path: reader.text() };
    case Extension.STATVFS:
      return { kind: "statvfs", path: reader.text() };
    case Extension.FSTATVFS:
      return { kind: "fstatvfs", handle: reader.string() };
    case Extension.FSYNC:
      return { kind: "fsync", handle: reader.string() };
    case Extension.POSIX_RENAME:
      return { kind: "posix-rename", from: reader.text(), path: reader.text() };
    case Extension.HARDLINK:
      return { kind: "hardlink", from: reader.text(), path: reader.text() };
    case Extension.LSETSTAT:
      return {
        kind: "lsetstat",
        path: reader.text(),
        attributes: readAttributes(reader, { owners: true }),
      };
    case Extension.COPY_DATA: {
      const from = reader.string();
      const [fromOffset, length] = [reader.uint64(), reader.uint64()];
      const to = reader.string();
      const toOffset = reader.uint64();
      return { kind: "copy-data", from, to, fromOffset, toOffset, length };
    }
    case Extension.CHECK_FILE_NAME:
      return readCheck(reader.text(), reader);
    case Extension.CHECK_FILE_HANDLE:
      return readCheck(reader.string(), reader);
    default:
      return { kind: "unknown" };
  }
}

function readCheck(file: string | Handle, reader: WireReader): ClientCheck {
  return {
    kind: "check-file",
    file,
    hashes: reader.text().split(",", MAX_HASHES),
    offset: reader.uint64(),
    length: reader.uint64(),
    blockBytes: reader.uint32(),
  };
}
