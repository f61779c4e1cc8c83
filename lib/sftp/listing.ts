import type { DirectoryEntry, Listing } from "../filesystem/file_system.ts";
import { isPlainName } from "../names/names.ts";
import { shortened } from "../names/printable.ts";
import { attributesFrom, isLink, tellsKind } from "./wire/attributes.ts";
import type { NameEntry, Response } from "./wire/response_packets.ts";

/** Most READDIR requests of one listing that are in flight at once. */
const MOST_IN_FLIGHT = 8;

/** Names in each response of OpenSSH's server but the last one (sftp-server.c, 9.2). */
const FULL_BATCH = 100;

/** Longest name accepted, in characters: longer than any system's. */
export const MAX_NAME_LENGTH = 4096;

/** Limits of one listing. */
export interface ListingLimits {
  /** Most entries, `.` and `..` among them. */
  readonly entries: number;
  /** Most names that are left out because no entry can have them. */
  readonly refused: number;
}

/** Limits beyond any real directory. */
export const LISTING_LIMITS: ListingLimits = {
  entries: 10_000_000,
  refused: 100,
};

/** Open directory on a server. */
export interface ListingSource {
  /** Sends a READDIR. */
  readdir(): Promise<Response>;
  /** Gives the names in a response; `undefined` after the last ones. */
  namesIn(response: Response): Promise<readonly NameEntry[] | undefined>;
  /**
   * Checks that the directory is really empty where no name came, not even `.`.
   *
   * @throws {EntryError} If it cannot be entered.
   */
  checkEntered(): Promise<void>;
  /** Gives the error of the listing for a reason. */
  failure(reason: string): Error;
  /** Closes the directory without waiting. */
  close(): void;
}

/**
 * Gives a directory's entries as they come, without `.` and `..`. A name that no
 * entry can have is left out, and thrown as an error at the end.
 */
export function listingOf(
  source: ListingSource,
  limits: ListingLimits = LISTING_LIMITS,
): Listing {
  return new ServerListing(source, limits);
}

function isEntryName({ name, isWhole }: NameEntry): boolean {
  return isWhole && name.length <= MAX_NAME_LENGTH &&
    isPlainName(name);
}

/** Listing of a directory, which is its own iterator. */
class ServerListing implements Listing, AsyncIterator<DirectoryEntry> {
  readonly #source: ListingSource;
  readonly #limits: ListingLimits;
  readonly #batches: AsyncIterator<readonly NameEntry[]>;
  /** Names that have come, and the number of those that were taken. */
  #batch: readonly NameEntry[] = [];
  #taken = 0;
  #isOpen = true;
  #hasEnded = false;
  #count = 0;
  #refusedCount = 0;
  #refused: Error | undefined;

  constructor(source: ListingSource, limits: ListingLimits) {
    this.#source = source;
    this.#limits = limits;
    this.#batches = batchesOf(source);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  takeNow(): DirectoryEntry | undefined {
    while (this.#taken < this.#batch.length) {
      const entry = this.#entryOf(this.#batch[this.#taken++]!);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  async next(): Promise<IteratorResult<DirectoryEntry>> {
    try {
      const entry = await this.#nextEntry();
      if (entry !== undefined) return { done: false, value: entry };
    } catch (error) {
      this.#end();
      throw error;
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<DirectoryEntry>> {
    this.#end();
    return { done: true, value: undefined };
  }

  async #nextEntry(): Promise<DirectoryEntry | undefined> {
    let entry = this.takeNow();
    while (entry === undefined && !this.#hasEnded) {
      const { done, value } = await this.#batches.next();
      if (done !== true) this.#add(value);
      entry = this.takeNow();
      if (entry === undefined && done === true) await this.#finish();
    }
    return entry;
  }

  /** Adds a batch behind the names that somebody else has asked for meanwhile. */
  #add(batch: readonly NameEntry[]): void {
    const left = this.#batch.slice(this.#taken);
    this.#batch = left.length === 0 ? batch : [...left, ...batch];
    this.#taken = 0;
  }

  /** Closes the directory after its last name; throws what was wrong with it. */
  async #finish(): Promise<void> {
    this.#end();
    if (this.#count === 0) await this.#source.checkEntered();
    if (this.#refused !== undefined) throw this.#refused;
  }

  #end(): void {
    this.#hasEnded = true;
    this.#batch = [];
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) this.#source.close();
    this.#isOpen = false;
  }

  /** Gives the entry of a name; `undefined` where it is none, or is left out. */
  #entryOf(entry: NameEntry): DirectoryEntry | undefined {
    const { name, attributes } = entry;
    if (++this.#count > this.#limits.entries) {
      throw this.#source.failure(`more than ${this.#limits.entries} entries`);
    }
    if (name === "." || name === "..") return undefined;
    if (!isEntryName(entry)) return this.#refuse(name);
    return isLink(attributes) || !tellsKind(attributes)
      ? { name }
      : { name, attributes: attributesFrom(attributes) };
  }

  #refuse(name: string): undefined {
    this.#refused ??= this.#source.failure(
      `error: unexpected filename: ${shortened(name)}`,
    );
    if (++this.#refusedCount > this.#limits.refused) throw this.#refused;
  }
}

/**
 * Prefetches a listing's batches of names while earlier ones are used. Of a short
 * directory only the end is asked for beside its names.
 */
async function* batchesOf(
  source: ListingSource,
): AsyncIterator<readonly NameEntry[]> {
  const inFlight: Promise<Response>[] = [];
  const prefetch = (most: number) => {
    while (inFlight.length < most) {
      const response = source.readdir();
      // Responses behind the last batch are never awaited.
      response.catch(() => {});
      inFlight.push(response);
    }
  };
  prefetch(2);
  for (let isLong = false;; isLong = true) {
    const names = await source.namesIn(await inFlight.shift()!);
    if (names === undefined) return;
    // A long directory is worth one more request in flight per batch.
    isLong ||= names.length >= FULL_BATCH;
    prefetch(isLong ? Math.min(inFlight.length + 2, MOST_IN_FLIGHT) : 1);
    yield names;
  }
}
