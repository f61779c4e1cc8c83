import type { Channel } from "../channel/channel.ts";
import { ProtocolError, SessionError } from "../errors.ts";
import { decodeName } from "../names/name_bytes.ts";
import { quoted } from "../names/printable.ts";
import {
  type Beginning,
  checkVersion,
  findBeginning,
  MAX_BANNER_BYTES,
} from "./wire/banner.ts";
import { formatInit } from "./wire/init_packets.ts";

/** The most of unexpected output that a message quotes, in bytes. */
const MAX_QUOTED_BYTES = 1024;

/**
 * Asks for a session and reads up to the end of the server's first packet. It
 * waits for as long as nothing comes: whoever has lost patience closes the
 * channel.
 *
 * @param patience How long a shell may talk before the server begins, in
 * milliseconds.
 * @throws {ProtocolError} If what comes is no server's, or another version's:
 * it is quoted.
 * @throws {SessionError} If nothing came, or the connection is lost.
 */
export async function beginSession(
  channel: Channel,
  patience: number,
): Promise<Beginning> {
  await channel.write(formatInit());
  await channel.flush();
  const beginning = await readBeginning(channel, patience);
  checkVersion(beginning.server);
  return beginning;
}

async function readBeginning(
  channel: Channel,
  patience: number,
): Promise<Beginning> {
  const buffer = new Uint8Array(MAX_BANNER_BYTES);
  let came = buffer.subarray(0, 0);
  const { promise: late, reject } = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const read = async (): Promise<Beginning> => {
    while (came.length < MAX_BANNER_BYTES) {
      const part = await channel.read(MAX_BANNER_BYTES - came.length);
      if (part.length === 0) break;
      buffer.set(part, came.length);
      came = buffer.subarray(0, came.length + part.length);
      const beginning = findBeginning(came);
      if (beginning !== undefined) return beginning;
      // Until something is said there may be a password to type.
      timer ??= setTimeout(() => reject(noBeginning(came)), patience);
    }
    throw noBeginning(came);
  };
  try {
    return await Promise.race([read(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function noBeginning(came: Uint8Array): ProtocolError | SessionError {
  if (came.length === 0) return new SessionError("lost connection");
  const text = quoted(decodeName(came.subarray(0, MAX_QUOTED_BYTES)));
  return new ProtocolError(
    `the remote does not speak SFTP: it said ${text}`,
  );
}
