import { ProtocolError, SessionError } from "../errors.ts";
import { decodeName } from "../files/name_bytes.ts";
import { quoted } from "../progress/printable.ts";
import type { Channel } from "./channel.ts";

/** Reads one byte; `undefined` at the end of the stream. */
export async function readByte(channel: Channel): Promise<number | undefined> {
  return (await channel.read(1))[0];
}

/**
 * Reads up to the next newline and gives the line without it.
 *
 * @param limit The longest line accepted, in bytes, newline included.
 * @returns `undefined` if the stream ends before the line begins.
 * @throws {ProtocolError} If no newline comes within the limit.
 * @throws {SessionError} If the stream ends inside the line.
 */
export async function readLine(
  channel: Channel,
  limit: number,
): Promise<Uint8Array | undefined> {
  const line: number[] = [];
  for (;;) {
    const byte = await readByte(channel);
    if (byte === 0x0a) return Uint8Array.from(line);
    if (byte === undefined && line.length === 0) return undefined;
    if (byte === undefined) {
      const text = decodeName(Uint8Array.from(line));
      throw new SessionError(
        `lost connection in the middle of ${quoted(text)}`,
      );
    }
    line.push(byte);
    if (line.length === limit) {
      throw new ProtocolError(
        `protocol error: line longer than ${limit} bytes`,
      );
    }
  }
}
