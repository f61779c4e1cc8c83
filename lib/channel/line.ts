import { ProtocolError, SessionError } from "../errors.ts";
import { decodeName } from "../files/name_bytes.ts";
import { quoted } from "../progress/printable.ts";
import type { Channel, ReadOptions } from "./channel.ts";

const NEWLINE = 0x0a;

const TO_NEWLINE: ReadOptions = { last: NEWLINE };

/** Reads one byte; `undefined` at the end of the stream. */
export async function readByte(channel: Channel): Promise<number | undefined> {
  return (await channel.read(1))[0];
}

/**
 * Reads up to the next newline and gives the line without it, valid as long as
 * what a read gives.
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
  let line: Uint8Array = new Uint8Array();
  for (;;) {
    const part = await channel.read(limit - line.length, TO_NEWLINE);
    if (part.length === 0 && line.length === 0) return undefined;
    if (part.length === 0) {
      throw new SessionError(
        `lost connection in the middle of ${quoted(decodeName(line))}`,
      );
    }
    line = line.length === 0 ? part : Uint8Array.of(...line, ...part);
    if (line.at(-1) === NEWLINE) return line.subarray(0, -1);
    if (line.length === limit) {
      throw new ProtocolError(
        `protocol error: line longer than ${limit} bytes`,
      );
    }
  }
}
