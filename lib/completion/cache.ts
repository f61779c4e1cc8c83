import { cacheHome } from "../system/environment.ts";
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

/** Time for which the names of a directory are kept, in milliseconds. */
export const KNOWN_MILLISECONDS = 60_000;

/** Time for which a silent host is not asked again, in milliseconds. */
export const SILENT_MILLISECONDS = 15_000;

/** Content of a file: the whole key too, as two keys might have one hash. */
interface Content {
  readonly key: string;
  /** Time in milliseconds since 1970 at which the content expires. */
  readonly until: number;
  readonly names: readonly RemoteName[];
}

/**
 * Names on remotes, kept for a short while in files that are the user's alone.
 * Where such files cannot be made, nothing is kept; files of other users are
 * not read.
 */
export class Cache {
  readonly #directory: PrivateDirectory;
  readonly #now: () => number;

  /** @param directory Directory of the files; `undefined` to keep nothing. */
  constructor(directory: string | undefined, now: () => number = Date.now) {
    this.#directory = new PrivateDirectory(directory, HASHED_NAMES);
    this.#now = now;
  }

  /**
   * Gives the names kept under a key; `undefined` if there are none or too old
   * ones.
   */
  async get(key: string): Promise<readonly RemoteName[] | undefined> {
    const text = this.#directory.read(await hashedName(key));
    const content = text === undefined ? undefined : parseContent(text);
    const now = this.#now();
    const isKnown = content?.key === key && content.until > now &&
      content.until <= now + KNOWN_MILLISECONDS;
    return isKnown ? content.names : undefined;
  }

  /** Keeps names for so many milliseconds, and removes old files. */
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

/**
 * Gives the directory of the cache; `undefined` where no variable names one.
 */
export function cacheDirectory(
  variable: (name: string) => string | undefined,
): string | undefined {
  const runtime = variable("XDG_RUNTIME_DIR");
  if (runtime) return `${runtime}/seacp`;
  const cache = cacheHome(variable);
  return cache === undefined ? undefined : `${cache}/seacp`;
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
