import type { Site } from "./site.ts";

/** One copy that any client can be asked for. */
export interface CopyRequest {
  readonly direction: "up" | "down";
  /** Paths in the directory that is copied from. */
  readonly sources: readonly string[];
  /** Path in the directory that is copied to. */
  readonly target: string;
  readonly recursive?: true;
  readonly preserve?: true;
  /** Marks sources as patterns, which the remote shell is to read. */
  readonly isPattern?: true;
  /** Asks for a target that is a directory, with `-d`. */
  readonly intoDirectory?: true;
  /** Takes a client with scp's own command line and statuses. */
  readonly isForScp?: true;
}

/** Parts of the grammar that a client may lack. */
export type Feature =
  | "tree"
  | "preserve"
  | "pattern"
  | "several up"
  | "several down"
  /** All of scp's command line and of its statuses. */
  | "scp's own";

/** A program that copies over SCP. */
export interface Client {
  readonly name: string;
  /** Programs and files it cannot do without. */
  readonly needs: readonly string[];
  readonly lacks: readonly Feature[];
  /** Reason why its trees differ from their originals, whoever serves it. */
  readonly changesTrees?: string;
  /** Its command line, run in the near directory. */
  command(site: Site, request: CopyRequest, far: string): readonly string[];
}

/** Features that a request takes. */
export function featuresOf(request: CopyRequest): readonly Feature[] {
  const { direction, recursive, preserve, isPattern, sources } = request;
  return [
    ...(recursive ? ["tree"] as const : []),
    ...(preserve ? ["preserve"] as const : []),
    ...(isPattern ? ["pattern"] as const : []),
    ...(sources.length > 1 ? [`several ${direction}`] as const : []),
    ...(request.isForScp ? ["scp's own"] as const : []),
  ];
}
