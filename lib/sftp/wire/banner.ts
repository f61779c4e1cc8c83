/**
 * Server's first packet behind a banner: output of the login shell through which
 * some servers are run.
 */

import { ProtocolError } from "../../errors.ts";
import { LENGTH_BYTES, WireReader } from "./bytes.ts";
import { parseVersion, type ServerVersion } from "./init_packets.ts";
import { PacketType } from "./packet_types.ts";
import { RESPONSE_HEAD_BYTES } from "./response_packets.ts";

/** Most bytes accepted up to the end of the server's first packet. */
export const MAX_BANNER_BYTES = 64 * 1024;

/** Server's first packet, the output before it, and what has come behind it. */
export interface Handshake {
  readonly banner: Uint8Array;
  readonly server: ServerVersion;
  /** Beginning of the responses to requests that were sent ahead. */
  readonly rest: Uint8Array;
}

/** Type and version, which every first packet has. */
const SHORTEST_BODY_BYTES = 5;

/** Types of the responses to looks and to the question for limits. */
const EARLY_TYPES: readonly number[] = [
  PacketType.STATUS,
  PacketType.HANDLE,
  PacketType.NAME,
  PacketType.ATTRS,
  PacketType.EXTENDED_REPLY,
];

/**
 * Finds the server's first packet in everything received so far. A server then
 * answers what it was asked ahead, or waits for a request: so a whole packet is the
 * first one, whatever the banner, where nothing is behind it but such answers.
 *
 * @param asked Number of requests that were sent ahead, numbered from 1.
 */
export function findVersionPacket(
  bytes: Uint8Array,
  asked = 0,
): Handshake | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = bytes.length - LENGTH_BYTES - SHORTEST_BODY_BYTES;
  for (let at = 0; at <= last; at++) {
    const start = at + LENGTH_BYTES;
    const end = start + view.getUint32(at);
    if (end > bytes.length || bytes[start] !== PacketType.VERSION) continue;
    const rest = bytes.subarray(end);
    if (rest.length > 0 && !beginsWithResponse(rest, asked)) continue;
    const server = versionIn(bytes.subarray(start, end));
    if (server !== undefined) {
      return { banner: bytes.subarray(0, at), server, rest };
    }
  }
  return undefined;
}

/** Tells the head of a response to one of so many requests. */
function beginsWithResponse(bytes: Uint8Array, asked: number): boolean {
  if (bytes.length < RESPONSE_HEAD_BYTES) return false;
  const reader = new WireReader(bytes);
  reader.uint32();
  const type = reader.byte();
  const id = reader.uint32();
  return EARLY_TYPES.includes(type) && id > 0 && id <= asked;
}

function versionIn(body: Uint8Array): ServerVersion | undefined {
  try {
    return parseVersion(body);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
