import { ProtocolError, SessionError } from "../errors.ts";
import { decodeName } from "../names/name_bytes.ts";
import { quoted } from "../names/printable.ts";
import type { Channel, ReadOptions } from "./channel.ts";

/** Byte that ends a line. */
export const NEWLINE = 0x0a;

const TO_NEWLINE: ReadOptions = { last: NEWLINE };

/** First room for a line that comes in parts, in bytes. */
const FIRST_ROOM_BYTES = 256;

/** Most bytes of a cut line that a message shows. */
const MAX_SHOWN_BYTES = 1024;

/** Reads one byte; gives `undefined` at the end of the stream. */
export async function readByte(channel: Channel): Promise<number | undefined> {
  return (await channel.read(1))[0];
}

/**
 * Reads up to the next newline and gives the line without it, valid as long as the
 * bytes of a read.
 *
 * @param limit Longest line accepted, in bytes, newline included.
 * @returns `undefined` if the stream ends before the line begins.
 * @throws {ProtocolError} If no newline comes within the limit.
 * @throws {SessionError} If the stream ends inside the line.
 */
export async function readLine(
  channel: Channel,
  limit: number,
): Promise<Uint8Array | undefined> {
  const first = await channel.read(limit, TO_NEWLINE);
  if (first.length === 0) return undefined;
  const line = first.at(-1) === NEWLINE
    ? first
    : await readRest(channel, first, limit);
  return line.subarray(0, -1);
}

/** Reads the rest of a line, newline included, behind its first bytes. */
async function readRest(
  channel: Channel,
  first: Uint8Array,
  limit: number,
): Promise<Uint8Array> {
  const line = new ByteBuffer(first);
  while (line.bytes.length < limit) {
    const part = await channel.read(limit - line.bytes.length, TO_NEWLINE);
    if (part.length === 0) throw cutOff(line.bytes);
    line.add(part);
    if (part.at(-1) === NEWLINE) return line.bytes;
  }
  throw new ProtocolError(`protocol error: line longer than ${limit} bytes`);
}

function cutOff(line: Uint8Array): SessionError {
  const shown = quoted(decodeName(line.subarray(0, MAX_SHOWN_BYTES)));
  return new SessionError(`lost connection in the middle of ${shown}`);
}

/** Gathered bytes, in a buffer that doubles, so that the time is linear. */
export class ByteBuffer {
  #room: Uint8Array;
  #length = 0;

  constructor(first: Uint8Array = new Uint8Array()) {
    this.#room = new Uint8Array(Math.max(FIRST_ROOM_BYTES, first.length));
    this.add(first);
  }

  /** All bytes, valid until the next are added. */
  get bytes(): Uint8Array {
    return this.#room.subarray(0, this.#length);
  }

  /** Copies bytes behind those that are there. */
  add(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (length > this.#room.length) {
      const room = new Uint8Array(Math.max(length, 2 * this.#room.length));
      room.set(this.bytes);
      this.#room = room;
    }
    this.#room.set(part, this.#length);
    this.#length = length;
  }
}
