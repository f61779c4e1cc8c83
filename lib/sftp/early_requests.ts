import { EntryError } from "../errors.ts";
import type { LookRequest } from "./looks_ahead.ts";
import { WireWriter } from "./wire/bytes.ts";
import type { LimitsRequest } from "./wire/extended_packets.ts";
import { formatRequest } from "./wire/requests.ts";

/** Request that is sent before the server has spoken; it changes nothing. */
export type EarlyRequest = LookRequest | LimitsRequest;

/**
 * Gives the requests to send right behind the one for a session; none where nothing
 * is looked at, or a path stands for no bytes, of which whoever asks for it hears.
 */
export function earlyRequests(
  looks: readonly LookRequest[],
): readonly EarlyRequest[] {
  if (looks.length === 0 || !looks.every(hasBytes)) return [];
  return [...looks, { kind: "limits" }];
}

function hasBytes(look: LookRequest): boolean {
  try {
    formatRequest(1, look, new WireWriter());
    return true;
  } catch (error) {
    if (error instanceof EntryError) return false;
    throw error;
  }
}
