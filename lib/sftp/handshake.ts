import { deadline } from "@std/async/deadline";
import type { Channel } from "../channel/channel.ts";
import { ProtocolError, SessionError } from "../errors.ts";
import { decodeName } from "../names/name_bytes.ts";
import { quoted } from "../names/printable.ts";
import {
  findVersionPacket,
  type Handshake,
  MAX_BANNER_BYTES,
} from "./wire/banner.ts";
import { checkVersion } from "./wire/init_packets.ts";

/** Most unexpected output that a message quotes, in bytes. */
const MAX_QUOTED_BYTES = 1024;

/**
 * Reads up to the end of the server's first packet, and what has come with it. Waits
 * for the first byte without a limit; closing the channel ends that wait.
 *
 * @param options `patience`: time from the first byte to the end of the server's
 * first packet, in milliseconds. `asked`: number of requests that were sent ahead.
 * @throws {ProtocolError} If the output, which the message quotes, is no
 * server's, or the server speaks another version.
 * @throws {SessionError} If nothing came, or the connection is lost.
 */
export async function readHandshake(
  channel: Channel,
  options: { readonly patience: number; readonly asked?: number },
): Promise<Handshake> {
  const handshake = await readFirstPacket(channel, options);
  checkVersion(handshake.server);
  return handshake;
}

async function readFirstPacket(
  channel: Channel,
  { patience, asked }: { patience: number; asked?: number },
): Promise<Handshake> {
  const buffer = new Uint8Array(MAX_BANNER_BYTES);
  let received = buffer.subarray(0, 0);
  const readPart = async (): Promise<Handshake | undefined> => {
    const part = await channel.read(MAX_BANNER_BYTES - received.length);
    if (part.length === 0) throw noHandshake(received);
    buffer.set(part, received.length);
    received = buffer.subarray(0, received.length + part.length);
    return findVersionPacket(received, asked);
  };
  const readRest = async (): Promise<Handshake> => {
    while (received.length < MAX_BANNER_BYTES) {
      const handshake = await readPart();
      if (handshake !== undefined) return handshake;
    }
    throw noHandshake(received);
  };
  // Until the first byte comes, the user may have a password to type.
  const handshake = await readPart();
  if (handshake !== undefined) return handshake;
  return await deadline(readRest(), patience).catch((error) => {
    throw isTimeout(error) ? noHandshake(received) : error;
  });
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}

function noHandshake(received: Uint8Array): ProtocolError | SessionError {
  if (received.length === 0) return new SessionError("lost connection");
  const text = quoted(decodeName(received.subarray(0, MAX_QUOTED_BYTES)));
  return new ProtocolError(`the remote does not speak SFTP: it said ${text}`);
}
