import type { ListedEntry, Listing } from "../files/files.ts";
import { isPlainName } from "../files/names.ts";
import { shortened } from "../progress/printable.ts";
import { attributesFrom, isLink, tellsKind } from "./attributes.ts";
import type { NameEntry, Response } from "./response_packets.ts";

/** Requests for parts of a listing that are under way at once. */
const MOST_AHEAD = 8;

/** Longer than any system has names, in characters. */
const MAX_NAME_LENGTH = 4096;

export interface ListingSource {
  /** Asks for more names; the response tells them, or that there are none. */
  next(): Promise<Response>;
  /** The names a response tells; `undefined` if there are no more. */
  namesIn(response: Response): Promise<readonly NameEntry[] | undefined>;
  /** The error for names that are none. */
  refuse(name: string): Error;
  close(): void;
}

/**
 * A folder's entries as they come, without `.` and `..`. What is no name of an
 * entry is left out, and is an error at the end.
 */
export function listingOf(source: ListingSource): Listing {
  let isOpen = true;
  const close = () => {
    if (isOpen) source.close();
    isOpen = false;
  };
  return {
    [Symbol.asyncIterator]: () => entries(source, close),
    [Symbol.dispose]: close,
  };
}

function isEntryName({ name, isWhole }: NameEntry): boolean {
  return isWhole && name.length <= MAX_NAME_LENGTH &&
    isPlainName(name, "posix");
}

async function* entries(
  source: ListingSource,
  close: () => void,
): AsyncIterator<ListedEntry> {
  const asked: Promise<Response>[] = [];
  const ask = () => {
    const response = source.next();
    // Those behind the last one are not waited for.
    response.catch(() => {});
    asked.push(response);
  };
  let refused: string | undefined;
  try {
    ask();
    for (;;) {
      ask();
      const names = await source.namesIn(await asked.shift()!);
      if (names === undefined) break;
      // A folder that goes on will go on: more is asked for at once.
      if (asked.length < MOST_AHEAD) ask();
      for (const entry of names) {
        const { name, attributes } = entry;
        if (name === "." || name === "..") continue;
        if (!isEntryName(entry)) refused ??= shortened(name);
        else if (isLink(attributes) || !tellsKind(attributes)) {
          yield { name };
        } else yield { name, attributes: attributesFrom(attributes) };
      }
    }
  } finally {
    close();
  }
  if (refused !== undefined) throw source.refuse(refused);
}
