/**
 * What may come before scp's first message: a login shell's own words, and how
 * to get past them.
 */

import type { Channel } from "../channel/channel.ts";
import { ByteBuffer } from "../channel/line.ts";
import { ProtocolError } from "../errors.ts";
import { decodeName } from "../names/name_bytes.ts";
import { quoted } from "../names/printable.ts";

/** The longest banner that is passed over, in bytes. */
const MAX_BANNER_BYTES = 64 * 1024;

/** Bytes of a banner that a message is given at most. */
const MAX_SHOWN_BYTES = 1024;

const NEWLINE = 0x0a;

/**
 * Reads up to a line that is, or ends in, `marker`, and gives what came before
 * it.
 *
 * @param patience How long that may take, in milliseconds.
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
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(noMarker(banner.bytes)), patience);
  const found = readBanner(channel, marker, banner);
  // Nobody may be there any more for what ends it once it is late.
  found.catch(() => {});
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
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
