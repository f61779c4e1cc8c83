/**
 * What may come before scp's first message: a login shell's own words, and how
 * to get past them.
 */

import type { Channel } from "../channel/channel.ts";
import { readByte } from "../channel/line.ts";
import { ProtocolError } from "../errors.ts";
import { decodeName } from "../files/name_bytes.ts";
import { quoted } from "../progress/printable.ts";

/** The longest greeting that is passed over, in bytes. */
const MAX_GREETING_BYTES = 64 * 1024;

/**
 * Reads up to a line that is, or ends in, `marker`, and gives what came before
 * it.
 *
 * @param patience How long that may take, in milliseconds.
 * @throws {ProtocolError} If there is no marker in the first 64 KiB, within
 * that time, or before the end.
 * @throws {SessionError} If the connection is lost.
 */
export async function skipGreeting(
  channel: Channel,
  marker: string,
  patience: number,
): Promise<string> {
  const greeting: number[] = [];
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(noMarker(greeting)), patience);
  const found = readGreeting(channel, marker, greeting);
  // Nobody may be there any more for what ends it once it is late.
  found.catch(() => {});
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readGreeting(
  channel: Channel,
  marker: string,
  greeting: number[],
): Promise<string> {
  const endsInMarker = new RegExp(`${marker}\r?\n$`);
  for (let byte; (byte = await readByte(channel)) !== undefined;) {
    greeting.push(byte);
    if (byte === 0x0a) {
      const tail = greeting.slice(-marker.length - 2);
      if (endsInMarker.test(String.fromCharCode(...tail))) {
        const text = decodeName(Uint8Array.from(greeting));
        return text.replace(endsInMarker, "");
      }
    }
    if (greeting.length === MAX_GREETING_BYTES) break;
  }
  throw noMarker(greeting);
}

function noMarker(greeting: readonly number[]): ProtocolError {
  const text = quoted(decodeName(Uint8Array.from(greeting)));
  return new ProtocolError(`the far side does not speak SCP: it said ${text}`);
}
