import type { RemoteLocation } from "../location/location.ts";

/** The same text for all locations that one login leads to. */
export function loginOf({ user, host, port }: RemoteLocation): string {
  return JSON.stringify([user, host, port]);
}
