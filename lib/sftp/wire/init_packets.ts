/** How a session begins (draft-ietf-secsh-filexfer-02, section 4). */

import { ProtocolError } from "../../errors.ts";
import { PacketType } from "./packet_types.ts";
import { WireReader, WireWriter } from "./bytes.ts";

/** The version this program speaks, as OpenSSH does. */
export const SFTP_VERSION = 3;

/** What a server says first. */
export interface ServerVersion {
  readonly version: number;
  /** What it offers beyond the version: the data of each, by its name. */
  readonly extensions: ReadonlyMap<string, string>;
}

/** The packet that asks for a session. */
export function formatInit(): Uint8Array {
  return new WireWriter().byte(PacketType.INIT).uint32(SFTP_VERSION).packet();
}

/**
 * Decodes the answer.
 *
 * @param body The packet without its length.
 * @throws {ProtocolError} If it is anything else.
 */
export function parseVersion(body: Uint8Array): ServerVersion {
  const reader = new WireReader(body);
  if (reader.byte() !== PacketType.VERSION) {
    throw new ProtocolError("protocol error: a session begins otherwise");
  }
  const version = reader.uint32();
  const extensions = new Map<string, string>();
  while (reader.left > 0) extensions.set(reader.text(), reader.text());
  return { version, extensions };
}
