/** Contract of a route: one copy over one protocol. */

import type { Pacer } from "../channel/paced_channel.ts";
import type { Scan } from "../events/total_count.ts";
import type { Tally } from "../events/tally.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import type { NameCollisions } from "../filesystem/name_collisions.ts";
import type { PlannedEntries } from "../filesystem/planned_entries.ts";
import type { FilterRules } from "../names/filter_rules.ts";
import type { CopyJob } from "../options/copy_options.ts";
import type { LoginPart } from "../ssh/arguments.ts";
import type { CopyMemory } from "../tree/copy_memory.ts";
import type { SettledLinks } from "../tree/options.ts";
import type { Banners } from "./banners.ts";
import type { Hosts } from "./hosts.ts";
import type { UnavailableProtocol } from "./unavailable_protocol.ts";

/** Copy over one protocol. */
export interface Route {
  /**
   * Opens the route's sessions and waits until the hosts speak the protocol.
   * Reports what would fail over either protocol.
   */
  connect(options: ConnectOptions): Promise<ConnectResult>;
}

/** Options that depend on the other protocol, and on its state. */
export interface ConnectOptions {
  /** Faster route, which may make the copy in a second session of this one's login. */
  readonly faster?: Route | undefined;
  /** Part of its ssh, which shares the login of the other route. */
  readonly part?: LoginPart | undefined;
  /**
   * Ends the attempt when aborted: the other protocol was faster. As long as
   * the other one may connect, a failure of this one is not reported.
   */
  readonly abandoned?: AbortSignal;
  /**
   * Tries the other protocol while this one is silent.
   *
   * @param spoke Resolves when this one is no longer silent.
   * @returns True where the other one has connected, so that this one is to end.
   */
  onSilence?(spoke: Promise<void>): Promise<boolean>;
}

/** Result of an attempt to connect. */
export type ConnectResult =
  | ({ readonly kind: "connected" } & Connection)
  | ({ readonly kind: "unavailable" } & UnavailableProtocol)
  /** Nothing is left to do: the failure was reported. */
  | { readonly kind: "failed" };

/** Sessions whose hosts speak. */
export interface Connection {
  /** False where their first bytes may not be the protocol's. */
  readonly isCertain: boolean;
  /**
   * Makes the copy and reports its failures.
   *
   * @returns The reason why nothing was copied, where the hosts did not speak
   * the protocol; absent where the copy is over.
   */
  run(): Promise<UnavailableProtocol | undefined>;
  /** Ends the sessions without a copy. */
  close(): Promise<void>;
}

/** Tools of every session with a host, over either protocol. */
export interface SessionContext {
  readonly job: CopyJob;
  readonly observer: Tally;
  /** Keeper of the rate limit; absent where there is none. */
  readonly pacer: Pacer | undefined;
  readonly banners: Banners;
  readonly hosts: Hosts;
}

/** Tools of every route. */
export interface RouteContext extends SessionContext {
  /** The local disk. */
  readonly files: FileSystem;
  /** Rules for what is in directories; absent where all of it is copied. */
  readonly rules: FilterRules | undefined;
  /** Links at the target that the job's copies settled. */
  readonly settledLinks: SettledLinks;
  /** Entries that the job's copies would have made at its target, in a dry run. */
  readonly planned: PlannedEntries;
  /** Names that the job's copies put into its target, where that is local. */
  readonly among: NameCollisions;
  /** Memory of a copy that may be tried several times; absent where it is not. */
  readonly memory?: CopyMemory;
  /**
   * Scan of what the copy is to bring, for a route that can list it in advance;
   * absent where nobody asks for the total, or it is scanned already.
   */
  readonly scan?: Scan;
}
