import type { Platform } from "../names/names.ts";
import type { StorePolicy } from "../filesystem/store.ts";

export interface TransferOptions {
  readonly recursive: boolean;
  /** Share of attributes that entries get; times, too, where they are preserved. */
  readonly store: StorePolicy;
  /**
   * Whether symbolic links are followed. Else, where directories are copied, they
   * are copied as links, as `cp -r` does, and nothing is written through those
   * that were made, by this transfer and those before it: their keys are here.
   */
  readonly links: "followed" | Set<string>;
  /** Whose disk names have to suit. */
  readonly platform: Platform;
  /** Whether the observer is told of each file that moves. */
  readonly isWatched: boolean;
  /** By which of its paths a file is named that is cut short. */
  readonly namedBy: "source" | "target";
  /** Ends the transfer when aborted: what is at hand is cut and named. */
  readonly interrupted: AbortSignal;
}
