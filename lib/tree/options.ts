import type { Platform } from "../names/names.ts";
import type { ExistingPolicy } from "../filesystem/existing_files.ts";
import type { CopyMemory } from "./copy_memory.ts";
import type { Times } from "../filesystem/file_system.ts";
import type { EntryPaths, FoundEntry } from "./destination.ts";
import type { StorePolicy } from "../filesystem/store.ts";

/** Links at a target, by their keys, which a job's copies made or left as the same. */
export type SettledLinks = Map<string, "made" | "kept">;

export interface TransferOptions {
  readonly recursive: boolean;
  /** Share of attributes that entries get; times, too, where they are preserved. */
  readonly store: StorePolicy;
  /**
   * Treatment of symbolic links: "followed", or copied as links with `recursive`,
   * as `cp -r` does. Then the job's copies share the links that they settled, and
   * nothing is written through them.
   */
  readonly links: "followed" | SettledLinks;
  /**
   * True where links that may lead out of the target are refused, and nothing is
   * copied through a link that is below it.
   */
  readonly confinesLinks?: boolean | undefined;
  /** Rules for files whose target is there; absent where all are replaced. */
  readonly existing?: ExistingPolicy | undefined;
  /**
   * Present in a dry run, where files are opened and reported, but not copied: over
   * a target that is looked at, or one where anything may be there.
   */
  readonly dryRun?: "seen" | "unseen" | undefined;
  /** True where each file is replaced in one step, once it is whole. */
  readonly isAtomic?: boolean | undefined;
  /** True where a file goes on whose beginning is there. */
  readonly resumes?: boolean | undefined;
  /** Memory of a copy that may be tried several times; absent where it is not. */
  readonly memory?: CopyMemory | undefined;
  /**
   * Sides whose files are hashed, to be compared with what passed: those that are not
   * on this machine; absent where nothing is verified.
   */
  readonly verified?: VerifiedSides | undefined;
  /** System whose disk stores the names. */
  readonly platform: Platform;
  /** True where the meter shows each file that moves. */
  readonly isWatched: boolean;
  /** Path by which events name an entry, and messages a file that is cut short. */
  readonly namedBy: "source" | "target";
  /** Signal that ends the transfer: files in flight are cut and named. */
  readonly interrupted: AbortSignal;
}

/** Sides of a copy whose files are compared with what passed. */
export type VerifiedSides = "source" | "target" | "both";

/** Gives the path by which events name an entry. */
export function eventPath(
  { namedBy }: Pick<TransferOptions, "namedBy">,
  { source, target }: EntryPaths,
): string {
  return namedBy === "source" ? source : target;
}

/** Gives the times that a file gets; `undefined` if it keeps its own. */
export function timesOf(
  { attributes }: FoundEntry,
  { store, existing }: Pick<TransferOptions, "store" | "existing">,
): Times | undefined {
  return store.preserve || existing?.keepsSame ? attributes : undefined;
}
