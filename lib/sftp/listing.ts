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
  let isOpen = true;
  const close = () => {
    if (isOpen) source.close();
    isOpen = false;
  };
  return {
    [Symbol.asyncIterator]: () => entries(source, { close, limits }),
    [Symbol.dispose]: close,
  };
}

function isEntryName({ name, isWhole }: NameEntry): boolean {
  return isWhole && name.length <= MAX_NAME_LENGTH &&
    isPlainName(name);
}

async function* entries(
  source: ListingSource,
  { close, limits }: { close: () => void; limits: ListingLimits },
): AsyncIterator<DirectoryEntry> {
  let count = 0;
  let refusedCount = 0;
  let refused: Error | undefined;
  try {
    for await (const batch of batchesOf(source)) {
      for (const entry of batch) {
        const { name, attributes } = entry;
        if (++count > limits.entries) {
          throw source.failure(`more than ${limits.entries} entries`);
        }
        if (name === "." || name === "..") continue;
        if (!isEntryName(entry)) {
          refused ??= source.failure(
            `error: unexpected filename: ${shortened(name)}`,
          );
          if (++refusedCount > limits.refused) throw refused;
        } else if (isLink(attributes) || !tellsKind(attributes)) yield { name };
        else yield { name, attributes: attributesFrom(attributes) };
      }
    }
  } finally {
    close();
  }
  if (count === 0) await source.checkEntered();
  if (refused !== undefined) throw refused;
}

/**
 * Prefetches a listing's batches of names while earlier ones are used. Of a short
 * directory only the end is asked for beside its names.
 */
async function* batchesOf(
  source: ListingSource,
): AsyncIterable<readonly NameEntry[]> {
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
