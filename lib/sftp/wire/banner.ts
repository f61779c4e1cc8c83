/**
 * Server's first packet behind a banner: output of the login shell through which
 * some servers are run.
 */

import { ProtocolError } from "../../errors.ts";
import { LENGTH_BYTES } from "./bytes.ts";
import { parseVersion, type ServerVersion } from "./init_packets.ts";
import { PacketType } from "./packet_types.ts";

/** Most bytes accepted up to the end of the server's first packet. */
export const MAX_BANNER_BYTES = 64 * 1024;

/** Server's first packet, and the output before it. */
export interface Handshake {
  readonly banner: Uint8Array;
  readonly server: ServerVersion;
}

/** Type and version, which every first packet has. */
const SHORTEST_BODY_BYTES = 5;

/**
 * Finds the server's first packet at the end of everything received so far. A
 * server then waits for a request, so a whole packet with nothing behind it is
 * the first one, whatever the banner.
 */
export function findVersionPacket(bytes: Uint8Array): Handshake | undefined {
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
