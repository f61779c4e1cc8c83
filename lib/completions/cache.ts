import type { NameKind } from "./typed_path.ts";

/** A name in a folder of a far side. */
export interface RemoteName {
  readonly name: string;
  readonly kind: NameKind;
}

/** How long what is known of a folder is believed, in milliseconds. */
export const KNOWN_MILLISECONDS = 60_000;

/** How long a host is left alone that did not answer. */
export const SILENT_MILLISECONDS = 15_000;

/** A file of more bytes is not ours. */
const MAX_BYTES = 8 * 1024 * 1024;

/** What else is in the folder is left alone. */
const OUR_NAME = /^[0-9a-f]{64}(\.[0-9a-f-]{36})?$/;

const MINE_ALONE = 0o077;

/** What is in a file: the whole key, as two might have one hash. */
interface Content {
  readonly key: string;
  readonly until: number;
  readonly names: readonly RemoteName[];
}

/**
 * What was found out on far sides, kept for a short while in files that are
 * the user's alone. Where that cannot be, nothing is kept, and what somebody
 * else put there is not believed.
 */
export class Cache {
  readonly #folder: string | undefined;
  readonly #now: () => number;

  /** @param folder Absent where there is none. */
  constructor(folder: string | undefined, now: () => number = Date.now) {
    this.#folder = folder;
    this.#now = now;
  }

  /** What was kept under this key; `undefined` if that is too long ago. */
  async get(key: string): Promise<readonly RemoteName[] | undefined> {
    try {
      const path = await this.#pathFor(key);
      if (path === undefined || !isOwn(this.#folder!, "folder")) {
        return undefined;
      }
      if (!isOwn(path, "file")) return undefined;
      const content = parseContent(Deno.readTextFileSync(path));
      const now = this.#now();
      const isKnown = content?.key === key && content.until > now &&
        content.until <= now + KNOWN_MILLISECONDS;
      return isKnown ? content.names : undefined;
    } catch {
      return undefined;
    }
  }

  /** Keeps names, and removes what is too old. */
  async put(
    key: string,
    names: readonly RemoteName[],
    milliseconds: number,
  ): Promise<void> {
    try {
      const path = await this.#pathFor(key);
      if (path === undefined || !this.#makeFolder()) return;
      const content: Content = {
        key,
        until: this.#now() + milliseconds,
        names,
      };
      const begun = `${path}.${crypto.randomUUID()}`;
      Deno.writeTextFileSync(begun, JSON.stringify(content), {
        createNew: true,
        mode: 0o600,
      });
      Deno.renameSync(begun, path);
      this.#removeOldBut(path);
    } catch {
      // Then it is asked again.
    }
  }

  async #pathFor(key: string): Promise<string | undefined> {
    if (this.#folder === undefined) return undefined;
    const bytes = new TextEncoder().encode(key);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return `${this.#folder}/${hash.toHex()}`;
  }

  /** Whether it is there, and ours. */
  #makeFolder(): boolean {
    const folder = this.#folder!;
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isOwn(folder, "folder");
  }

  #removeOldBut(fresh: string): void {
    for (const { name } of Deno.readDirSync(this.#folder!)) {
      if (!OUR_NAME.test(name)) continue;
      const path = `${this.#folder}/${name}`;
      if (path === fresh) continue;
      const written = Deno.lstatSync(path).mtime?.getTime() ?? 0;
      if (written < this.#now() - KNOWN_MILLISECONDS) Deno.removeSync(path);
    }
  }
}

/** Where the cache is on this system. */
export function cacheFolder(
  variable: (name: string) => string | undefined,
): string | undefined {
  const runtime = variable("XDG_RUNTIME_DIR");
  if (runtime) return `${runtime}/seacp`;
  const cache = variable("XDG_CACHE_HOME") ?? variable("LOCALAPPDATA");
  if (cache) return `${cache}/seacp`;
  const home = variable("HOME");
  return home ? `${home}/.cache/seacp` : undefined;
}

/** Whether an entry is of this kind, and nobody else's, links not followed. */
function isOwn(path: string, kind: "file" | "folder"): boolean {
  const { isFile, isDirectory, size, uid, mode } = Deno.lstatSync(path);
  const isKind = kind === "file" ? isFile && size <= MAX_BYTES : isDirectory;
  const isMine = Deno.build.os === "windows" ||
    uid === Deno.uid() && (mode! & MINE_ALONE) === 0;
  return isKind && isMine;
}

function parseContent(text: string): Content | undefined {
  const value: unknown = JSON.parse(text);
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
    ["file", "folder", "unknown"].includes(kind as string);
}
