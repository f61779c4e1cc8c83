import { onWindows } from "./own_platform.ts";

/** Longest file that is read, in bytes. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Permission bits of the group and others. */
const OTHERS = 0o077;

/**
 * A directory of small files that are the user's alone, and are read only while
 * they are. All of them can be made again: where the directory cannot be made or
 * belongs to somebody else, nothing is kept and nothing is found.
 */
export class PrivateDirectory {
  readonly #path: string | undefined;
  readonly #ourName: RegExp;

  /**
   * @param path Path of the directory; absent where there is none.
   * @param ourName Names of our files; all other files are left alone.
   */
  constructor(path: string | undefined, ourName: RegExp) {
    this.#path = path;
    this.#ourName = ourName;
  }

  /** Reads a file's text; `undefined` if there is none that is ours. */
  read(name: string): string | undefined {
    try {
      const path = `${this.#path}/${name}`;
      const isOurs = this.#path !== undefined &&
        isOwn(this.#path, "directory") && isOwn(path, "file");
      return isOurs ? Deno.readTextFileSync(path) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Writes a file whole or not at all. */
  write(name: string, text: string): void {
    if (this.#path === undefined) return;
    try {
      Deno.mkdirSync(this.#path, { recursive: true, mode: 0o700 });
      if (!isOwn(this.#path, "directory")) return;
      const part = `${this.#path}/${name}.${crypto.randomUUID()}`;
      Deno.writeTextFileSync(part, text, { createNew: true, mode: 0o600 });
      Deno.renameSync(part, `${this.#path}/${name}`);
    } catch {
      // The next run makes it again.
    }
  }

  /** Removes a file of ours, if it is there. */
  remove(name: string): void {
    try {
      if (isOwn(this.#path!, "directory")) {
        Deno.removeSync(`${this.#path}/${name}`);
      }
    } catch {
      // The file is gone, or was never there.
    }
  }

  /** Removes files of ours last written before a time, in ms since 1970 UTC. */
  removeOlder(than: number): void {
    try {
      for (const { name } of Deno.readDirSync(this.#path!)) {
        if (!this.#ourName.test(name)) continue;
        const { mtime } = Deno.lstatSync(`${this.#path}/${name}`);
        if ((mtime?.getTime() ?? 0) < than) this.remove(name);
      }
    } catch {
      // Old files do no harm.
    }
  }
}

/** Tells an entry of a kind that is the user's alone, links not followed. */
function isOwn(path: string, kind: "file" | "directory"): boolean {
  const { isFile, isDirectory, size, uid, mode } = Deno.lstatSync(path);
  const isKind = kind === "file" ? isFile && size <= MAX_BYTES : isDirectory;
  const isMine = onWindows ||
    uid === Deno.uid() && (mode! & OTHERS) === 0;
  return isKind && isMine;
}

/** Names that `hashedName` gives, and names of such files while they are written. */
export const HASHED_NAMES = /^[0-9a-f]{64}(\.[0-9a-f-]{36})?$/;

/** Gives the name of the file for a key: its SHA-256 hash in hexadecimal digits. */
export async function hashedName(key: string): Promise<string> {
  const bytes = new TextEncoder().encode(key);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
