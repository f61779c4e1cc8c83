/** The banner that a login shell may print before scp's first message. */

import { deadline } from "@std/async/deadline";
import type { Channel } from "../channel/channel.ts";
import { ByteBuffer } from "../channel/line.ts";
import { ProtocolError } from "../errors.ts";
import { decodeName } from "../names/name_bytes.ts";
import { quoted } from "../names/printable.ts";

/** Longest banner that is skipped, in bytes. */
const MAX_BANNER_BYTES = 64 * 1024;

/** Longest part of a banner that a message quotes, in bytes. */
const MAX_SHOWN_BYTES = 1024;

const NEWLINE = 0x0a;

/**
 * Reads up to a line that is, or ends in, `marker`, and gives the banner before
 * it.
 *
 * @param patience Time that this may take, in milliseconds.
 * @throws {ProtocolError} If there is no marker in the first 64 KiB, within
 * that time, or before the end.
 * @throws {SessionError} If the connection is lost.
 */
export async function skipBanner(
  channel: Channel,
  marker: string,
  patience: number,
): Promise<string> {
  const banner = new ByteBuffer();
  try {
    return await deadline(readBanner(channel, marker, banner), patience);
  } catch (error) {
    const isLate = error instanceof DOMException &&
      error.name === "TimeoutError";
    throw isLate ? noMarker(banner.bytes) : error;
  }
}

async function readBanner(
  channel: Channel,
  marker: string,
  banner: ByteBuffer,
): Promise<string> {
  const endsInMarker = new RegExp(`${marker}\r?\n$`);
  for (let left = MAX_BANNER_BYTES; left > 0;) {
    const part = await channel.read(left, { last: NEWLINE });
    if (part.length === 0) break;
    banner.add(part);
    left -= part.length;
    const tail = banner.bytes.slice(-marker.length - 2);
    const [ending] = endsInMarker.exec(String.fromCharCode(...tail)) ?? [];
    if (ending === undefined) continue;
    return decodeName(banner.bytes.subarray(0, -ending.length));
  }
  throw noMarker(banner.bytes);
}

function noMarker(banner: Uint8Array): ProtocolError {
  const text = quoted(decodeName(banner.subarray(0, MAX_SHOWN_BYTES)));
  return new ProtocolError(`the remote does not speak SCP: it said ${text}`);
}
