/**
 * Packets that begin a session: the client's INIT, the server's VERSION
 * (draft-ietf-secsh-filexfer-02, section 4).
 */

import { ProtocolError } from "../../errors.ts";
import { WireReader, WireWriter } from "./bytes.ts";
import { PacketType } from "./packet_types.ts";

/** Version that this program speaks, as OpenSSH does. */
export const SFTP_VERSION = 3;

/** Content of a server's VERSION packet. */
export interface ServerVersion {
  readonly version: number;
  /** Data of each extension, by its name. */
  readonly extensions: ReadonlyMap<string, string>;
}

/** Encodes the packet that asks for a session. */
export function formatInit(): Uint8Array {
  return new WireWriter().byte(PacketType.INIT).uint32(SFTP_VERSION).packet();
}

/**
 * Decodes a VERSION packet.
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

/**
 * Accepts the one version that this program speaks.
 *
 * @throws {ProtocolError} If the server speaks another one.
 */
export function checkVersion({ version }: ServerVersion): void {
  if (version === SFTP_VERSION) return;
  throw new ProtocolError(
    `the remote speaks version ${version} of SFTP, not ${SFTP_VERSION}`,
  );
}
