import type { DirectoryEntry, Listing } from "../filesystem/file_system.ts";
import { isPlainName } from "../names/names.ts";
import { shortened } from "../names/printable.ts";
import { attributesFrom, isLink, tellsKind } from "./wire/attributes.ts";
import type { NameEntry, Response } from "./wire/response_packets.ts";

/** Requests for parts of a listing that are in flight at once. */
const MOST_AHEAD = 8;

/** Longer than any system has names, in characters. */
export const MAX_NAME_LENGTH = 4096;

/** The most of one listing that is taken. */
export interface ListingLimits {
  /** Entries in all, `.` and `..` among them. */
  readonly entries: number;
  /** Those among them whose names are none. */
  readonly refused: number;
}

export const LISTING_LIMITS: ListingLimits = {
  entries: 10_000_000,
  refused: 100,
};

export interface ListingSource {
  /** Asks for more names; the response tells them, or that there are none. */
  next(): Promise<Response>;
  /** The names a response tells; `undefined` if there are no more. */
  namesIn(response: Response): Promise<readonly NameEntry[] | undefined>;
  /** The error for a listing, with this reason. */
  failure(reason: string): Error;
  close(): void;
}

/**
 * A directory's entries as they come, without `.` and `..`. What is no name of an
 * entry is left out, and is an error at the end.
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
    for await (const part of partsOf(source)) {
      for (const entry of part) {
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
  if (refused !== undefined) throw refused;
}

/** Asks for a listing part by part, some of them ahead of what is taken. */
async function* partsOf(
  source: ListingSource,
): AsyncIterable<readonly NameEntry[]> {
  const asked: Promise<Response>[] = [];
  const ask = () => {
    const response = source.next();
    // Those behind the last one are not waited for.
    response.catch(() => {});
    asked.push(response);
  };
  ask();
  for (;;) {
    ask();
    const names = await source.namesIn(await asked.shift()!);
    if (names === undefined) return;
    // A directory that goes on will go on: more is asked for at once.
    if (asked.length < MOST_AHEAD) ask();
    yield names;
  }
}
