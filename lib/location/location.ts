import type { Platform } from "../names/names.ts";

/** A path on this machine, as it was typed. */
export interface LocalLocation {
  readonly kind: "local";
  readonly path: string;
}

/** A path on a machine that ssh reaches. */
export interface RemoteLocation {
  readonly kind: "remote";
  readonly user?: string;
  /** Name or address of the host, an IPv6 address without brackets. */
  readonly host: string;
  /** Port that a URI names; absent elsewhere. */
  readonly port?: number;
  /** Path as it was typed; `.`, the home directory, where it is empty. */
  readonly path: string;
}

/** A path, local or remote. */
export type Location = LocalLocation | RemoteLocation;

/** Rules by which the text of a location is read. */
export interface LocationRules {
  readonly platform: Platform;
  /** Gives the port of a TCP service by its name; `undefined` if unknown. */
  servicePort(name: string): number | undefined;
}

/** Reads 1 to 65535 or the name of a TCP service; `undefined` for the rest. */
export function parsePort(
  text: string,
  { servicePort }: Pick<LocationRules, "servicePort">,
): number | undefined {
  if (!/^\d+$/.test(text)) return servicePort(text);
  const port = Number(text);
  return port >= 1 && port <= 65535 ? port : undefined;
}
