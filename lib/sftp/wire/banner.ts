/**
 * How a session begins, and what may come before it: where the server is run
 * through a login shell, that shell's own words.
 */

import { ProtocolError } from "../../errors.ts";
import {
  parseVersion,
  type ServerVersion,
  SFTP_VERSION,
} from "./init_packets.ts";
import { PacketType } from "./packet_types.ts";
import { LENGTH_BYTES } from "./bytes.ts";

/** The most that may come until a session has begun, in bytes. */
export const MAX_BANNER_BYTES = 64 * 1024;

/** A server's first packet, and what came before it. */
export interface Beginning {
  readonly banner: Uint8Array;
  readonly server: ServerVersion;
}

/** A type and a version, which every first packet has. */
const SHORTEST_BODY_BYTES = 5;

/**
 * Finds the server's first packet at the end of all that came so far. A server
 * says nothing more until it is asked; so what is there, whole and with nothing
 * behind it, is that packet, whatever was said before it.
 */
export function findBeginning(bytes: Uint8Array): Beginning | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = bytes.length - LENGTH_BYTES - SHORTEST_BODY_BYTES;
  for (let at = 0; at <= last; at++) {
    const start = at + LENGTH_BYTES;
    const endsHere = start + view.getUint32(at) === bytes.length;
    if (!endsHere || bytes[start] !== PacketType.VERSION) continue;
    const server = versionIn(bytes.subarray(start));
    if (server !== undefined) {
      return { banner: bytes.subarray(0, at), server };
    }
  }
  return undefined;
}

function versionIn(body: Uint8Array): ServerVersion | undefined {
  try {
    return parseVersion(body);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** @throws {ProtocolError} If the server speaks another version. */
export function checkVersion({ version }: ServerVersion): void {
  if (version === SFTP_VERSION) return;
  throw new ProtocolError(
    `the remote speaks version ${version} of SFTP, not ${SFTP_VERSION}`,
  );
}
