import type { Platform } from "../names/names.ts";

/** A path on this machine, as it was given. */
export interface LocalLocation {
  readonly kind: "local";
  readonly path: string;
}

/** A path on a machine that ssh reaches. */
export interface RemoteLocation {
  readonly kind: "remote";
  readonly user?: string;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  /** Only where a URI named it. */
  readonly port?: number;
  /** The remote shell's text; `.`, its home directory, where none was given. */
  readonly path: string;
}

export type Location = LocalLocation | RemoteLocation;

/** What the text of a location depends on besides itself. */
export interface LocationRules {
  readonly platform: Platform;
  /** The number of a TCP service, for a port that is given by its name. */
  servicePort(name: string): number | undefined;
}
