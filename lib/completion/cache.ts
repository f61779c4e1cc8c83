import {
  HASHED_NAMES,
  hashedName,
  PrivateDirectory,
} from "../system/private_directory.ts";
import type { NameKind } from "./typed_path.ts";

/** A name in a directory of a remote. */
export interface RemoteName {
  readonly name: string;
  readonly kind: NameKind;
}

/** How long what is known of a directory is believed, in milliseconds. */
export const KNOWN_MILLISECONDS = 60_000;

/** How long a host is left alone that did not answer. */
export const SILENT_MILLISECONDS = 15_000;

/** What is in a file: the whole key, as two might have one hash. */
interface Content {
  readonly key: string;
  readonly until: number;
  readonly names: readonly RemoteName[];
}

/**
 * What was found out on remotes, kept for a short while in files that are
 * the user's alone. Where that cannot be, nothing is kept, and what somebody
 * else put there is not believed.
 */
export class Cache {
  readonly #directory: PrivateDirectory;
  readonly #now: () => number;

  /** @param directory Absent where there is none. */
  constructor(directory: string | undefined, now: () => number = Date.now) {
    this.#directory = new PrivateDirectory(directory, HASHED_NAMES);
    this.#now = now;
  }

  /** What was kept under this key; `undefined` if that is too long ago. */
  async get(key: string): Promise<readonly RemoteName[] | undefined> {
    const text = this.#directory.read(await hashedName(key));
    const content = text === undefined ? undefined : parseContent(text);
    const now = this.#now();
    const isKnown = content?.key === key && content.until > now &&
      content.until <= now + KNOWN_MILLISECONDS;
    return isKnown ? content.names : undefined;
  }

  /** Keeps names, and removes what is too old. */
  async put(
    key: string,
    names: readonly RemoteName[],
    milliseconds: number,
  ): Promise<void> {
    const content: Content = { key, until: this.#now() + milliseconds, names };
    this.#directory.removeOlder(this.#now() - KNOWN_MILLISECONDS);
    this.#directory.write(await hashedName(key), JSON.stringify(content));
  }
}

/** Where the cache is on this system. */
export function cacheDirectory(
  variable: (name: string) => string | undefined,
): string | undefined {
  const runtime = variable("XDG_RUNTIME_DIR");
  if (runtime) return `${runtime}/seacp`;
  const cache = variable("XDG_CACHE_HOME") ?? variable("LOCALAPPDATA");
  if (cache) return `${cache}/seacp`;
  const home = variable("HOME");
  return home ? `${home}/.cache/seacp` : undefined;
}

function parseContent(text: string): Content | undefined {
  try {
    return contentFrom(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function contentFrom(value: unknown): Content | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { key, until, names } = value as Record<string, unknown>;
  const isContent = typeof key === "string" && typeof until === "number" &&
    Array.isArray(names) && names.every(isRemoteName);
  return isContent ? { key, until, names } : undefined;
}

function isRemoteName(value: unknown): value is RemoteName {
  if (typeof value !== "object" || value === null) return false;
  const { name, kind } = value as Record<string, unknown>;
  return typeof name === "string" &&
    ["file", "directory", "unknown"].includes(kind as string);
}
