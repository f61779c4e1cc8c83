import { delay } from "@std/async/delay";
import { EntryError, isConnectionFailure } from "../errors.ts";
import type {
  DirectoryEntry,
  FileSystem,
  Listing,
} from "../filesystem/file_system.ts";
import {
  type CopiedDirectory,
  openDirectory,
} from "../filesystem/directory_loops.ts";
import type { Scan } from "../events/total_count.ts";
import type { FoundEntry } from "./destination.ts";
import { ScanPace } from "./scan_pace.ts";
import type { SourceEntry } from "./tree_copier.ts";

/** Options for a scan. */
export interface ScanOptions {
  readonly recursive: boolean;
  /** True where links are copied as links: each counts as a file without content. */
  readonly keepsLinks?: boolean;
  /** Receiver of what is found. */
  readonly scan: Scan;
  /** Signal that ends the scan: the copy is over, or was interrupted. */
  readonly over: AbortSignal;
  /** Opens a listing as the copy beside the scan does; absent where there is none. */
  readonly list?: (
    name: string,
    open: () => Promise<Listing>,
  ) => Promise<Listing>;
}

/**
 * Share of the directories that are scanned at once in the entries that a copy has
 * in flight. Each takes some three requests, a file as many or more, so the scan's
 * requests stay below a quarter.
 */
const SCANNED_SHARE = 1 / 8;

/**
 * Time that an entry costs the copy beside the scan, in milliseconds, measured: on
 * the local disk a call for its length, else its part in a listing, at both ends.
 */
const LOCAL_ENTRY = 0.015;
const REMOTE_ENTRY = 0.03;

/**
 * Counts the files in some trees, and their lengths, beside the copy of them. What
 * cannot be read is left to the copy to report. Where a connection fails the scan
 * stops and its count does not end.
 */
export async function scanTrees(
  files: FileSystem,
  entries: readonly SourceEntry[],
  options: ScanOptions,
): Promise<void> {
  await new TreeScan(files, options).run(entries);
}

/**
 * Runs a copy and a scan beside it.
 *
 * @param scan Scans until the signal says that the copy is over.
 */
export async function besideScan(
  scan: (over: AbortSignal) => Promise<void>,
  copy: () => Promise<void>,
): Promise<void> {
  const over = new AbortController();
  const scanning = scan(over.signal);
  try {
    await copy();
  } finally {
    over.abort();
    await scanning;
  }
}

/** Directory that is yet to be listed. */
interface FoundDirectory extends FoundEntry {
  readonly above: CopiedDirectory | undefined;
}

class TreeScan {
  readonly #files: FileSystem;
  readonly #options: ScanOptions;
  readonly #pending: FoundDirectory[] = [];
  readonly #done = Promise.withResolvers<void>();
  readonly #pace = new ScanPace();
  /** Time that an entry costs, in milliseconds. */
  readonly #entryCost: number;
  /** Directories that are listed at once. */
  readonly #most: number;
  #running = 0;
  #isBroken = false;

  constructor(files: FileSystem, options: ScanOptions) {
    this.#files = files;
    this.#options = options;
    const { blocks, entries } = files.concurrency;
    this.#entryCost = blocks === 0 ? LOCAL_ENTRY : REMOTE_ENTRY;
    this.#most = Math.max(1, Math.floor(entries * SCANNED_SHARE));
  }

  async run(entries: readonly SourceEntry[]): Promise<void> {
    const { scan } = this.#options;
    for (const entry of entries) {
      if (this.#hasEnded) return;
      await this.#orStop(() => this.#meet(entry, undefined));
    }
    this.#beginMore();
    await this.#done.promise;
    if (!this.#hasEnded) scan.end();
  }

  get #hasEnded(): boolean {
    return this.#isBroken || this.#options.over.aborted;
  }

  #beginMore(): void {
    while (this.#running < this.#most && !this.#hasEnded) {
      const next = this.#pending.pop();
      if (next === undefined) break;
      this.#running++;
      this.#orStop(() => this.#look(next)).then(() => {
        this.#running--;
        this.#beginMore();
      });
    }
    if (this.#running === 0) this.#done.resolve();
  }

  /** Runs a step; an error of an entry is the copy's to report. */
  async #orStop(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (error instanceof EntryError) return;
      if (!isConnectionFailure(error) && !this.#hasEnded) throw error;
      this.#isBroken = true;
    }
  }

  async #look(found: FoundDirectory): Promise<void> {
    const { path } = found;
    const { list = (_, open) => open() } = this.#options;
    const directory = await openDirectory(this.#files, found);
    using listing = await list(
      `${this.#files.label}${path}`,
      () => this.#files.readdir(path),
    );
    for await (const { name, ...known } of listing) {
      if (this.#hasEnded) return;
      const entry = { path: this.#files.join(path, name), ...known };
      await this.#orStop(() => this.#meet(entry, directory));
    }
  }

  async #meet(
    { path, kind, attributes: known }:
      & SourceEntry
      & Pick<DirectoryEntry, "kind">,
    above: CopiedDirectory | undefined,
  ): Promise<void> {
    await this.#keepPace();
    const { scan, recursive, keepsLinks } = this.#options;
    const mayBeLink = recursive && keepsLinks === true &&
      known === undefined && kind === undefined;
    if (mayBeLink && await this.#files.readlink(path) !== undefined) {
      return scan.add(1, 0);
    }
    const attributes = known ?? await this.#files.stat(path);
    if (attributes.kind === "file") scan.add(1, attributes.size);
    else if (attributes.kind === "directory" && recursive) {
      const isNoLink = known !== undefined;
      this.#pending.push({ path, attributes, isNoLink, above });
      this.#beginMore();
    }
  }

  async #keepPace(): Promise<void> {
    this.#pace.add(this.#entryCost);
    for (let pause; (pause = this.#pace.pause) > 0;) {
      await delay(pause, { signal: this.#options.over });
    }
  }
}
